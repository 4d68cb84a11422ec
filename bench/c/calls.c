/* Makes COUNT system calls that do next to nothing and prints what one took of this process's CPU time, in
 * nanoseconds: what else runs on the machine takes its time, but not from that.
 *   usage: calls getppid|memfd COUNT
 * memfd: memfd_create with flags that are refused at once; its first argument is a string. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: calls getppid|memfd COUNT\n"), 2;
  const int is_getppid = !strcmp(argv[1], "getppid");
  const long count = atol(argv[2]);
  char name[32]; /* on the stack, and touched: a probe cannot read a page that was never */
  snprintf(name, sizeof name, "a name of %d bytes or so", 22);
  struct timespec begin, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  if (is_getppid)
    for (long i = 0; i < count; i++) syscall(SYS_getppid);
  else
    for (long i = 0; i < count; i++) syscall(SYS_memfd_create, name, ~0u);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  printf("%.2f\n", ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / count);
  return 0;
}
