/* Stands before the C library of the program under test (LD_PRELOAD) and lets one call fail: the n-th of a kind since
 * it was armed. tests/lib/faults.mjs says which, through a file that both have mapped ($FAULT_FILE). Standard output
 * and error are left alone, and so is everything while nobody has armed it. */
#undef _FILE_OFFSET_BITS /* both names of a call are wanted, and no header that makes them one */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The order is also that of `calls` in faults.mjs. */
enum call {
	OPEN,
	READ,
	WRITE,
	SYNC,
	TRUNCATE,
	RENAME,
	LOCK,
	MAP,
	ACCEPT,
	RECEIVE,
	SEND,
	WAIT,
	SOCKET,
	CONNECT,
	MEMORY_OURS,
	MEMORY_SQLITE,
	MEMORY_HTTP,
	MEMORY_POSTGRES,
	CALLS
};
enum { SHORT = -1 };

static struct control {
	_Atomic uint32_t armed;
	uint32_t call;
	int32_t error;     /* errno, or SHORT: half of the bytes of a file go through */
	uint32_t for_good; /* also every one after the n-th */
	int64_t n;         /* 0: none, they are counted */
	_Atomic int64_t hit;
	_Atomic int64_t seen[CALLS]; /* since it was armed */
} * control;

/* Code of the program and of the libraries whose memory may fail. */
static struct range {
	uintptr_t from, to;
} ranges[CALLS];

static int note_range(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size, (void)arg;
	const char *name = info->dlpi_name;
	int call = !*name                    ? MEMORY_OURS
		: strstr(name, "/libsqlite3")    ? MEMORY_SQLITE
		: strstr(name, "/libmicrohttpd") ? MEMORY_HTTP
		: strstr(name, "/libpq")         ? MEMORY_POSTGRES
										 : -1;
	for (int i = 0; call >= 0 && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type == PT_LOAD && (p->p_flags & PF_X))
			ranges[call] = (struct range){ info->dlpi_addr + p->p_vaddr, info->dlpi_addr + p->p_vaddr + p->p_memsz };
	}
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULT_FILE");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	dl_iterate_phdr(note_range, NULL);
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		control = p;
}

/* Whether this call is the one; sets errno, to SHORT for who reads or writes a file. */
static bool fails(enum call call)
{
	struct control *c = control;
	if (!c || !atomic_load_explicit(&c->armed, memory_order_acquire))
		return false;
	int64_t seen = atomic_fetch_add(&c->seen[call], 1) + 1;
	if (!c->n || c->call != (uint32_t)call || (c->for_good ? seen < c->n : seen != c->n))
		return false;
	atomic_fetch_add(&c->hit, 1);
	errno = c->error;
	return true;
}

static bool is_armed(void)
{
	return control && atomic_load_explicit(&control->armed, memory_order_acquire);
}

/* Only files can be full or broken: not a pipe, an eventfd, the log. */
static bool file_fails(enum call call, int fd)
{
	struct stat st;
	return is_armed() && fd > STDERR_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fails(call);
}

static bool socket_fails(enum call call, int fd)
{
	struct stat st;
	if (!is_armed() || fstat(fd, &st) != 0 || !S_ISSOCK(st.st_mode) || !fails(call))
		return false;
	/* A connection that is broken stays so. */
	int error = errno;
	if (error == EPIPE || error == ECONNRESET)
		shutdown(fd, SHUT_RDWR);
	errno = error;
	return true;
}

static bool memory_fails(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;
	for (enum call call = MEMORY_OURS; is_armed() && call < CALLS; call++)
		if (at >= ranges[call].from && at < ranges[call].to)
			return fails(call);
	return false;
}

/* Half of `n`, of what is not too little for that. */
static size_t half(size_t n)
{
	return n > 1 ? n / 2 : n;
}

#define REAL(name) \
	static __typeof__(name) *real; \
	if (!real) \
	real = (__typeof__(name) *)(uintptr_t)dlsym(RTLD_NEXT, #name)

/* ---- memory */

void *malloc(size_t n)
{
	REAL(malloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(n);
}

void *realloc(void *p, size_t n)
{
	REAL(realloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(p, n);
}

void *calloc(size_t n, size_t size)
{
	REAL(calloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(n, size);
}

/* ---- files */

#define OPENS(name) \
	int name(const char *path, int flags, ...) \
	{ \
		REAL(name); \
		va_list args; \
		va_start(args, flags); \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0; \
		va_end(args); \
		return fails(OPEN) ? -1 : real(path, flags, mode); \
	}
OPENS(open)
OPENS(open64)

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
	REAL(pread64);
	if (!file_fails(READ, fd))
		return real(fd, p, n, at);
	return errno == SHORT ? real(fd, p, half(n), at) : -1;
}

ssize_t read(int fd, void *p, size_t n)
{
	REAL(read);
	if (!file_fails(READ, fd))
		return real(fd, p, n);
	return errno == SHORT ? real(fd, p, half(n)) : -1;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(pwrite64);
	if (!file_fails(WRITE, fd))
		return real(fd, p, n, at);
	return errno == SHORT ? real(fd, p, half(n), at) : -1;
}

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(write);
	if (!file_fails(WRITE, fd))
		return real(fd, p, n);
	return errno == SHORT ? real(fd, p, half(n)) : -1;
}

int fsync(int fd)
{
	REAL(fsync);
	return fails(SYNC) ? -1 : real(fd);
}

int fdatasync(int fd)
{
	REAL(fdatasync);
	return fails(SYNC) ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t n)
{
	REAL(ftruncate64);
	return fails(TRUNCATE) ? -1 : real(fd, n);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	return fails(RENAME) ? -1 : real(from, to);
}

int link(const char *from, const char *to)
{
	REAL(link);
	return fails(RENAME) ? -1 : real(from, to);
}

int fcntl64(int fd, int cmd, ...)
{
	REAL(fcntl64);
	va_list args;
	va_start(args, cmd);
	void *arg = va_arg(args, void *);
	va_end(args);
	/* To give a lock back always works. */
	bool locks = cmd == F_SETLK && ((struct flock *)arg)->l_type != F_UNLCK;
	return locks && fails(LOCK) ? -1 : real(fd, cmd, arg);
}

void *mmap64(void *p, size_t n, int prot, int flags, int fd, off64_t at)
{
	REAL(mmap64);
	return fd >= 0 && fails(MAP) ? MAP_FAILED : real(p, n, prot, flags, fd, at);
}

/* ---- the network */

int accept4(int fd, __SOCKADDR_ARG from, socklen_t *n, int flags)
{
	REAL(accept4);
	return fails(ACCEPT) ? -1 : real(fd, from, n, flags);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	REAL(recv);
	return socket_fails(RECEIVE, fd) ? -1 : real(fd, p, n, flags);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	REAL(send);
	return socket_fails(SEND, fd) ? -1 : real(fd, p, n, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	REAL(sendmsg);
	return socket_fails(SEND, fd) ? -1 : real(fd, m, flags);
}

ssize_t sendfile64(int out, int in, off64_t *at, size_t n)
{
	REAL(sendfile64);
	return socket_fails(SEND, out) ? -1 : real(out, in, at, n);
}

int epoll_wait(int fd, struct epoll_event *events, int most, int ms)
{
	REAL(epoll_wait);
	return fails(WAIT) ? -1 : real(fd, events, most, ms);
}

int poll(struct pollfd *files, nfds_t n, int ms)
{
	REAL(poll);
	return fails(WAIT) ? -1 : real(files, n, ms);
}

int socket(int domain, int type, int protocol)
{
	REAL(socket);
	return fails(SOCKET) ? -1 : real(domain, type, protocol);
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t n)
{
	REAL(connect);
	return fails(CONNECT) ? -1 : real(fd, to, n);
}
