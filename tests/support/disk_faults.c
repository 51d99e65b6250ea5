// Loaded before the C library (LD_PRELOAD): a disk that fails when it is told to. DRIFTD_DISK is the directory of
// which it is the disk, DRIFTD_DISK_FAULT a file whose first word says how it fails; without the file it does not.
//   full       nothing can be written              (ENOSPC)
//   readonly   nothing can be written or opened to (EROFS)
//   sync       what is written cannot be made safe (EIO)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_fault(const char *name) {
  const char *file = getenv("DRIFTD_DISK_FAULT");
  if (file == NULL) return 0;
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char word[32] = {0};
  const long got = syscall(SYS_read, fd, word, sizeof word - 1);
  syscall(SYS_close, fd);
  return got > 0 && strncmp(word, name, strlen(name)) == 0;
}

static int is_ours(const char *path) {
  const char *disk = getenv("DRIFTD_DISK");
  return disk != NULL && path != NULL && strncmp(path, disk, strlen(disk)) == 0;
}

static int is_our_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  return is_ours(path);
}

static int write_fault(int fd) {
  if (is_fault("full") && is_our_file(fd)) return ENOSPC;
  if (is_fault("readonly") && is_our_file(fd)) return EROFS;
  return 0;
}

#define FAIL_IF(condition)      \
  do {                          \
    const int error = condition; \
    if (error) {                \
      errno = error;            \
      return -1;                \
    }                           \
  } while (0)
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t size) {
  FAIL_IF(write_fault(fd));
  return REAL(write)(fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  FAIL_IF(write_fault(fd));
  return REAL(pwrite)(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  FAIL_IF(write_fault(fd));
  return REAL(pwrite64)(fd, bytes, size, at);
}
int fsync(int fd) {
  FAIL_IF(is_fault("sync") && is_our_file(fd) ? EIO : 0);
  return REAL(fsync)(fd);
}
int fdatasync(int fd) {
  FAIL_IF(is_fault("sync") && is_our_file(fd) ? EIO : 0);
  return REAL(fdatasync)(fd);
}
int fallocate(int fd, int mode, off_t at, off_t size) {
  FAIL_IF(write_fault(fd));
  return REAL(fallocate)(fd, mode, at, size);
}
int fallocate64(int fd, int mode, off64_t at, off64_t size) {
  FAIL_IF(write_fault(fd));
  return REAL(fallocate64)(fd, mode, at, size);
}
int rename(const char *from, const char *to) {
  FAIL_IF(is_ours(from) && is_fault("readonly") ? EROFS : 0);
  return REAL(rename)(from, to);
}
int unlink(const char *path) {
  FAIL_IF(is_ours(path) && is_fault("readonly") ? EROFS : 0);
  return REAL(unlink)(path);
}

static int open_fault(const char *path, int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && is_ours(path) && is_fault("readonly") ? EROFS : 0;
}
#define OPEN(name)                                             \
  int name(const char *path, int flags, ...) {                 \
    va_list more;                                              \
    va_start(more, flags);                                     \
    const mode_t mode = (flags & O_CREAT) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                              \
    FAIL_IF(open_fault(path, flags));                          \
    return REAL(name)(path, flags, mode);                      \
  }
OPEN(open)
OPEN(open64)
