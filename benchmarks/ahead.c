/* Preloaded, it sets the clock of a process SECONDS_AHEAD, and leaves the time since the start alone. libfaketime does
   that, too, but makes each look at the clock cost four microseconds, with which a JVM hardly starts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);
static long ahead;

__attribute__((constructor)) static void find(void) {
  const char *seconds = getenv("SECONDS_AHEAD");
  ahead = seconds ? atol(seconds) : 0;
  real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (!real) find();
  int failed = real(clock, now);
  if (!failed && clock == CLOCK_REALTIME) now->tv_sec += ahead;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  (void)zone;
  int failed = clock_gettime(CLOCK_REALTIME, &time);
  if (!failed) *now = (struct timeval){time.tv_sec, time.tv_nsec / 1000};
  return failed;
}

time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now) *now = time.tv_sec;
  return time.tv_sec;
}
