/* Runs COUNT copies of a command at once and waits for all of them.
 *   usage: many COUNT COMMAND [ARGUMENT…] */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  for (long i = atol(argv[1]); i > 0; i--) {
    if (fork() != 0) continue;
    execv(argv[2], argv + 2);
    _exit(127);
  }
  while (wait(0) > 0) {
  }
  return 0;
}
