// How librdkafka waits. By itself it does so by the wall clock (its conditions have no attributes): when that
// is set back by an hour, each wait of a moment takes an hour, and the loop with it.
// scripts/setup.d/librdkafka lets it call this in place of pthread_cond_timedwait: it waits for as long as it
// meant to, whoever sets the clock.
#include <pthread.h>

#include <cstdint>
#include <ctime>
#include <utility>

namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t number_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * kNanoseconds + time.tv_nsec;
}

std::int64_t now_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return number_of(now);
}

}  // namespace

extern "C" int driftd_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                     const timespec* until) {
  // It may wait for the same moment again, the clock having been set meanwhile.
  thread_local std::int64_t meant = 0;
  thread_local std::int64_t end = 0;
  if (std::exchange(meant, number_of(*until)) != number_of(*until)) {
    const std::int64_t left = meant - now_of(CLOCK_REALTIME);
    end = now_of(CLOCK_MONOTONIC) + (left > 0 ? left : 0);
  }
  const timespec steady{.tv_sec = end / kNanoseconds, .tv_nsec = end % kNanoseconds};
  return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &steady);
}
