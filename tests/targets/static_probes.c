// Static probes (USDT) with operands of every form, written down as <sys/sdt.h> would; the argument says how
// often each fires, a second one for how many seconds `late` does.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A NOP and a note that says where it is and how to come by the arguments.
#define PROBE(name, semaphore, arguments, ...)                                                        \
  __asm__ volatile(                                                                                   \
      "990: nop\n"                                                                                    \
      ".pushsection .note.stapsdt,\"\",\"note\"\n"                                                    \
      ".balign 4\n"                                                                                   \
      ".4byte 992f-991f, 994f-993f, 3\n"                                                              \
      "991: .asciz \"stapsdt\"\n"                                                                     \
      "992: .balign 4\n"                                                                              \
      "993: .8byte 990b, base_of_notes, " semaphore "\n"                                              \
      ".asciz \"demo\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n"                              \
      "994: .balign 4\n"                                                                              \
      ".popsection\n" ::__VA_ARGS__                                                                   \
      : "memory")

__asm__(".pushsection .stapsdt.base,\"a\",\"progbits\"\nbase_of_notes: .space 1\n.popsection");

// Above 0 while someone looks.
volatile unsigned short looked_at __attribute__((section(".probes"), used));

__attribute__((noinline)) static void fire(int64_t i, const char *name, int8_t small, const uint32_t *table) {
  volatile char first = *name;  // a page that nobody has read cannot be read by a probe either
  (void)first;
  PROBE("bare", "0", "");
  PROBE("mixed", "0", "-4@%k0 8@%1 -4@$-7", "r"(i), "r"(name));
  PROBE("narrow", "0", "-1@%b0 2@%w1", "q"(small), "r"(65000 + i));
  // The same name at a second place.
  if (i % 2 == 0) PROBE("mixed", "0", "-4@%k0 8@%1 -4@$-8", "r"(1000 + i), "r"("even"));
  PROBE("memory", "0", "4@4(%0) 4@(%0,%1,4)", "r"(table), "r"(i));
}

int main(int argc, char **argv) {
  const int count = argc > 1 ? atoi(argv[1]) : 1;
  const int seconds = argc > 2 ? atoi(argv[2]) : 0;
  uint32_t table[64];
  for (int i = 0; i < 64; ++i) table[i] = 100u + (uint32_t)i;
  for (int i = 0; i < count && i < 64; ++i) {
    fire(i, "world", (int8_t)(-1 - i), table);
    if (looked_at) PROBE("guarded", "looked_at", "-4@%k0", "r"(i));
  }
  // For those who come when the program runs.
  for (int tick = 0; tick < seconds * 10; ++tick) {
    usleep(100000);
    PROBE("late", "0", "-4@%k0", "r"(seconds));
  }
}
