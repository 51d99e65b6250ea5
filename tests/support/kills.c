// Loaded before the C library (LD_PRELOAD): the program is killed while it writes to its store. DRIFTD_DISK is the
// directory of the store; DRIFTD_KILLS a file of three 64-bit numbers, mapped: after how many further steps of writing
// it dies (0: never); whether those of the log of checkpoints alone count; and, when it is dead, what it was at: 1 before
// a write, 2 half of it written, 3 before a sync, 4 after it, 5 a file renamed or erased, plus 10 where that was
// another file than the log.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int64_t nothing[3];
static int64_t *control = nothing;

__attribute__((constructor)) static void open_control(void) {
  const char *file = getenv("DRIFTD_KILLS");
  const int fd = file == NULL ? -1 : open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, sizeof nothing, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) control = map;
  close(fd);
}

static int is_ours(const char *path) {
  const char *disk = getenv("DRIFTD_DISK");
  return disk != NULL && strncmp(path, disk, strlen(disk)) == 0;
}

// 0: not of the store; 1: its log; 11: another file of it.
static int kind_of_path(const char *path) {
  const size_t size = strlen(path);
  if (!is_ours(path)) return 0;
  if (size > 4 && strcmp(path + size - 4, ".log") == 0) return 1;
  return control[1] ? 0 : 11;
}
static int kind_of(int fd) {
  char link[64], path[4096];
  if (control[0] <= 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  return kind_of_path(path);
}

static int is_the_step(void) { return control[0] > 0 && __atomic_sub_fetch(&control[0], 1, __ATOMIC_SEQ_CST) == 0; }
static void die(int64_t at) {
  control[2] = at;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

#define WRITE(name, more, ...)                                                  \
  ssize_t name(int fd, const void *bytes, size_t size more) {                   \
    const int kind = kind_of(fd);                                               \
    if (kind && is_the_step()) die(kind);                                       \
    if (kind && is_the_step()) {                                                \
      REAL(name)(fd, bytes, size / 2 __VA_ARGS__);                              \
      die(kind + 1);                                                            \
    }                                                                           \
    return REAL(name)(fd, bytes, size __VA_ARGS__);                             \
  }
#define COMMA ,
WRITE(write, )
WRITE(pwrite, COMMA off_t at, COMMA at)
WRITE(pwrite64, COMMA off64_t at, COMMA at)

#define SYNC(name)                                \
  int name(int fd) {                              \
    const int kind = kind_of(fd);                 \
    if (kind && is_the_step()) die(kind + 2);     \
    const int done = REAL(name)(fd);              \
    if (kind && is_the_step()) die(kind + 3);     \
    return done;                                  \
  }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
  const int kind = kind_of_path(to);
  if (kind && is_the_step()) die(kind + 4);
  return REAL(rename)(from, to);
}
int unlink(const char *path) {
  const int kind = kind_of_path(path);
  if (kind && is_the_step()) die(kind + 4);
  return REAL(unlink)(path);
}
