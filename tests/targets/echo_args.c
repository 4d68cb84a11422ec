/* Prints its arguments, one a line, opens /dev/null once, and returns the number of arguments. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("arg:%s\n", argv[i]);
  const int fd = open("/dev/null", O_RDONLY);
  if (fd >= 0) close(fd);
  return argc - 1;
}
