/* Sleeps MILLISECONDS and returns STATUS.
 *   usage: exit_with STATUS [MILLISECONDS] */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc > 2) usleep(1000 * atoi(argv[2]));
  return argc > 1 ? atoi(argv[1]) : 0;
}
