/* Makes COUNT getppid() calls (default 100), nothing else worth counting.
 *   usage: syscalls [COUNT] */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (long i = argc > 1 ? atol(argv[1]) : 100; i > 0; i--) syscall(SYS_getppid);
  return 0;
}
