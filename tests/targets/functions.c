/* 300 functions, f000 to f299, each called once. */
#define ONE(n) \
  __attribute__((noinline)) int f##n(int x) { \
    __asm__ volatile(""); \
    return x + 1; \
  }
#define CALL(n) sum = f##n(sum);
#define TEN(do, n) do(n##0) do(n##1) do(n##2) do(n##3) do(n##4) do(n##5) do(n##6) do(n##7) do(n##8) do(n##9)
#define HUNDRED(do, n) \
  TEN(do, n##0) TEN(do, n##1) TEN(do, n##2) TEN(do, n##3) TEN(do, n##4) \
  TEN(do, n##5) TEN(do, n##6) TEN(do, n##7) TEN(do, n##8) TEN(do, n##9)
HUNDRED(ONE, 0)
HUNDRED(ONE, 1)
HUNDRED(ONE, 2)

int main(void) {
  int sum = 0;
  HUNDRED(CALL, 0)
  HUNDRED(CALL, 1)
  HUNDRED(CALL, 2)
  return sum != 300;
}
