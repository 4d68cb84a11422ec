/* Records whose layout the C section of a script repeats: take() and take_packed() get one by its address. */
#include <stdint.h>
struct Inner { short a; char tag[6]; };
union Either { uint32_t word; uint8_t bytes[4]; };
enum Color { RED, GREEN = 5, BLUE };
struct Record {
  int id;
  char name[16];
  struct Inner inner;
  struct Inner inners[3];
  union Either either;
  int grid[2][3];
  unsigned low : 3, mid : 7;
  int negative : 5;
  unsigned long wide : 40;
  enum Color color;
  struct { int x; union { int y; char z; }; };
  struct { long value; } named;
  struct Record *next;
  const char *text;
  int (*callback)(int, char *);
  _Bool flag;
  double ratio;
  unsigned char raw[4];
  signed char last;
  long tail[];
};
struct __attribute__((packed)) Packed { char c; int i; uint64_t q; unsigned a : 3; unsigned b : 13; };
__attribute__((noinline)) int take(struct Record *r) { __asm__ volatile("" ::: "memory"); return r->id; }
__attribute__((noinline)) int take_packed(struct Packed *p) { __asm__ volatile("" ::: "memory"); return p->i; }
int main(void) {
  static struct Record next = {.id = 43, .name = "second"};
  static struct Record r = {.id = 42, .name = "first", .inner = {-7, "inner"},
    .inners = {{1, "one"}, {2, "two"}, {3, "three"}}, .either = {0x04030201},
    .grid = {{1, 2, 3}, {4, 5, 6}}, .low = 5, .mid = 100, .negative = -3, .wide = 0x123456789a,
    .color = GREEN, .x = 11, .y = 22, .named = {33}, .next = &next, .text = "pointed", .flag = 1,
    .raw = {9, 8, 7, 6}, .last = -1};
  static struct Packed p = {'c', -5, 1ull << 40, 6, 4097};
  return take(&r) + take_packed(&p) == 0;
}
