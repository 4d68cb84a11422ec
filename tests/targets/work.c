/* Calls work(n) for n = 1, 2, 3, … every 10 ms, up to COUNT times (default: until killed).
 * work() takes about a millisecond and returns 2n.
 *   usage: work [COUNT] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((noinline)) int work(int n) {
  usleep(1000);
  return 2 * n;
}

__attribute__((noinline)) long combine(long a, long b, long c, long d, long e, long f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

__attribute__((noinline)) const char *greet(const char *name) { return *name ? name : "nobody"; }

int main(int argc, char **argv) {
  const int count = argc > 1 ? atoi(argv[1]) : -1;
  /* On the stack: a probe cannot read a page that nobody has touched yet. */
  char name[8];
  snprintf(name, sizeof name, "%s", "world");
  long sum = 0;
  for (int n = 1; count < 0 || n <= count; n++) {
    sum += work(n);
    sum += combine(1, 2, 3, 4, 5, 6);
    sum += greet(name)[0];
    usleep(10000);
  }
  printf("%ld\n", sum);
  return 0;
}
