/* Calls getpid through the 32-bit gate, where it is number 20 (writev's number in 64 bits), a hundred
 * times, and getppid once through the usual one. */
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
#ifdef __x86_64__
  for (int i = 0; i < 100; i++) {
    long number = 20;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
  }
#endif
  syscall(SYS_getppid);
  return 0;
}
