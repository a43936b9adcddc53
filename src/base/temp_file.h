/* A file without a name, for what is too large for memory. It is gone when its last descriptor is closed. */
#ifndef MUSTER_BASE_TEMP_FILE_H
#define MUSTER_BASE_TEMP_FILE_H

/* Where: $TMPDIR, else /var/tmp, which is a disk where /tmp may be memory. Never NULL. */
const char *temp_file_folder(void);
/* Open for reading and writing, closed on exec, readable by nobody else. The caller closes it. -1 when there is no
 * room for it. */
int temp_file_open(void);
#endif
