/* Prints its arguments, one a line, opens /dev/null once, and returns the number of arguments. The name
 * of the file lies on the stack: a probe cannot read a page that nobody has touched yet. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char name[16];
  snprintf(name, sizeof name, "/dev/%s", "null");
  for (int i = 1; i < argc; i++) printf("arg:%s\n", argv[i]);
  const int fd = open(name, O_RDONLY);
  if (fd >= 0) close(fd);
  return argc - 1;
}
