// Loaded before the C library (LD_PRELOAD): clocks that are set while the program runs. DRIFTD_CLOCKS is a file of
// two 64-bit numbers, nanoseconds by which the wall clock and the clock that nobody sets are off, mapped, so that what
// a test writes there holds at once. What waits for a moment of a clock waits as the kernel would: until that clock says
// so, however it was set meanwhile.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define SLICE (20 * SECOND / 1000)  // of a wait, after which the clock is looked at again
#define REAL(name)                                             \
  static __typeof__(&name) real;                               \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static volatile int64_t nothing[2];
static volatile int64_t *offsets = nothing;

__attribute__((constructor)) static void open_offsets(void) {
  const char *file = getenv("DRIFTD_CLOCKS");
  const int fd = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, sizeof nothing, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) offsets = map;
  close(fd);
}

static int64_t offset_of(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return offsets[0];
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
      return offsets[1];
    default:
      return 0;
  }
}

static int64_t number_of(const struct timespec *time) { return time->tv_sec * SECOND + time->tv_nsec; }
static struct timespec time_of(int64_t number) {
  return (struct timespec){.tv_sec = number / SECOND, .tv_nsec = number % SECOND};
}

static int64_t real_now(clockid_t clock) {
  REAL(clock_gettime);
  struct timespec now;
  real(clock, &now);
  return number_of(&now);
}
static int64_t now_of(clockid_t clock) { return real_now(clock) + offset_of(clock); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(clock_gettime);
  const int done = real(clock, time);
  if (done == 0) *time = time_of(number_of(time) + offset_of(clock));
  return done;
}
int gettimeofday(struct timeval *time, void *zone) {
  (void)zone;
  const int64_t now = now_of(CLOCK_REALTIME);
  *time = (struct timeval){.tv_sec = now / SECOND, .tv_usec = now % SECOND / 1000};
  return 0;
}
time_t time(time_t *out) {
  const time_t now = now_of(CLOCK_REALTIME) / SECOND;
  if (out != NULL) *out = now;
  return now;
}
int timespec_get(struct timespec *time, int base) {
  if (base != TIME_UTC) return 0;
  *time = time_of(now_of(CLOCK_REALTIME));
  return base;
}

static int wait_for(pthread_cond_t *what, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
  REAL(pthread_cond_clockwait);
  for (;;) {
    const int64_t left = number_of(until) - now_of(clock);
    const struct timespec slice = time_of(real_now(CLOCK_MONOTONIC) + (left < SLICE ? left : SLICE));
    const int done = real(what, mutex, CLOCK_MONOTONIC, &slice);
    if (done != ETIMEDOUT || now_of(clock) >= number_of(until)) return done;
  }
}
int pthread_cond_clockwait(pthread_cond_t *what, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
  return wait_for(what, mutex, clock, until);
}
// Which clock a condition was made for is in its glibc's second bit of __wrefs.
int pthread_cond_timedwait(pthread_cond_t *what, pthread_mutex_t *mutex, const struct timespec *until) {
  const clockid_t clock = (what->__data.__wrefs & 2U) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
  return wait_for(what, mutex, clock, until);
}
