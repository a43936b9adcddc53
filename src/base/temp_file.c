#include "base/temp_file.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *temp_file_folder(void)
{
	const char *chosen = getenv("TMPDIR");
	if (chosen && chosen[0] == '/')
		return chosen;
	return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

int temp_file_open(void)
{
	char path[4096];
	int fd = open(temp_file_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* Not every file system knows files without a name. */
	int n = snprintf(path, sizeof path, "%s/muster-XXXXXX", temp_file_folder());
	if (n < 0 || (size_t)n >= sizeof path)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}
