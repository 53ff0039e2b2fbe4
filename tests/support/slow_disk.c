/* A slow or hanging disk for the files of one folder, by LD_PRELOAD.

   SLOW_DISK_FOLDER names the folder. SLOW_DISK_FAULT names a file: while it is missing or empty, the disk works. A
   number in it is the milliseconds that each sync takes. `hang` stops every read, write and sync. Memory that is mapped
   to a file is not slowed. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HANGS -1L

static long fault(void)
{
    const char *name = getenv("SLOW_DISK_FAULT");
    char text[16] = "";
    int file = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    if (syscall(SYS_read, file, text, sizeof text - 1) <= 0)
        text[0] = '\0';
    syscall(SYS_close, file);
    return strncmp(text, "hang", 4) ? atol(text) : HANGS;
}

static int is_here(int fd)
{
    const char *folder = getenv("SLOW_DISK_FOLDER");
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

int fsync(int fd) { suffer(fd, 1); return (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { suffer(fd, 1); return (int)syscall(SYS_fdatasync, fd); }
int ftruncate(int fd, off_t size) { suffer(fd, 0); return (int)syscall(SYS_ftruncate, fd, size); }
int ftruncate64(int fd, off_t size) { suffer(fd, 0); return (int)syscall(SYS_ftruncate, fd, size); }
ssize_t write(int fd, const void *data, size_t size) { suffer(fd, 0); return syscall(SYS_write, fd, data, size); }
ssize_t pread(int fd, void *data, size_t size, off_t at) { suffer(fd, 0); return syscall(SYS_pread64, fd, data, size, at); }
ssize_t pread64(int fd, void *data, size_t size, off_t at) { suffer(fd, 0); return syscall(SYS_pread64, fd, data, size, at); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { suffer(fd, 0); return syscall(SYS_pwrite64, fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) { suffer(fd, 0); return syscall(SYS_pwrite64, fd, data, size, at); }
