/* A disk that is slow, full, or hangs, for the files of one folder, by LD_PRELOAD.

   FAULTY_DISK_FOLDER names the folder. FAULTY_DISK_FAULT names a file: while it is missing or empty, the disk works. A
   number in it is the milliseconds that each sync takes. `hang` stops every read, write and sync. With `full`, no file
   can become longer. Memory that is mapped to a file is not affected. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define HANGS -1L
#define FULL -2L

static long fault(void)
{
    const char *name = getenv("FAULTY_DISK_FAULT");
    char text[16] = "";
    int file = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    if (syscall(SYS_read, file, text, sizeof text - 1) <= 0)
        text[0] = '\0';
    syscall(SYS_close, file);
    return !strncmp(text, "hang", 4) ? HANGS : !strncmp(text, "full", 4) ? FULL : atol(text);
}

static int is_here(int fd)
{
    const char *folder = getenv("FAULTY_DISK_FOLDER");
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t whole = folder ? strlen(folder) : 0;
    return whole && length > (ssize_t)whole && !strncmp(path, folder, whole) && path[whole] == '/';
}

static void suffer(int fd, int is_sync)
{
    long milliseconds = fault();
    if (!milliseconds || !is_here(fd))
        return;
    if (is_sync && milliseconds > 0)
        usleep((useconds_t)milliseconds * 1000);
    while (fault() == HANGS)
        usleep(10000);
}

/* -1 with errno, if the file cannot become so long. */
static int refuse(int fd, off_t length)
{
    struct stat now;
    if (fault() != FULL || !is_here(fd) || fstat(fd, &now) || length <= now.st_size)
        return 0;
    errno = ENOSPC;
    return -1;
}

static size_t total(const struct iovec *parts, int count)
{
    size_t bytes = 0;
    for (int part = 0; part < count; part++)
        bytes += parts[part].iov_len;
    return bytes;
}

int fsync(int fd) { suffer(fd, 1); return (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { suffer(fd, 1); return (int)syscall(SYS_fdatasync, fd); }

static int cut(int fd, off_t size)
{
    suffer(fd, 0);
    return refuse(fd, size) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

static int allocate(int fd, off_t at, off_t size)
{
    suffer(fd, 0);
    if (refuse(fd, at + size))
        return ENOSPC;
    return syscall(SYS_fallocate, fd, 0, at, size) ? errno : 0;
}

int posix_fallocate(int fd, off_t at, off_t size) { return allocate(fd, at, size); }
int posix_fallocate64(int fd, off_t at, off_t size) { return allocate(fd, at, size); }

ssize_t write(int fd, const void *data, size_t size)
{
    suffer(fd, 0);
    off_t at = fault() == FULL ? lseek(fd, 0, SEEK_CUR) : -1;
    return at >= 0 && refuse(fd, at + (off_t)size) ? -1 : syscall(SYS_write, fd, data, size);
}

static ssize_t read_at(int fd, void *data, size_t size, off_t at)
{
    suffer(fd, 0);
    return syscall(SYS_pread64, fd, data, size, at);
}

ssize_t pread(int fd, void *data, size_t size, off_t at) { return read_at(fd, data, size, at); }
ssize_t pread64(int fd, void *data, size_t size, off_t at) { return read_at(fd, data, size, at); }

static ssize_t write_at(int fd, const void *data, size_t size, off_t at)
{
    suffer(fd, 0);
    return refuse(fd, at + (off_t)size) ? -1 : syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return write_at(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) { return write_at(fd, data, size, at); }

static ssize_t write_parts(int fd, const struct iovec *parts, int count, off_t at)
{
    suffer(fd, 0);
    if (refuse(fd, at + (off_t)total(parts, count)))
        return -1;
    return syscall(SYS_pwritev, fd, parts, count, (unsigned long)at, (unsigned long)(at >> 32));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return write_parts(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) { return write_parts(fd, parts, count, at); }
