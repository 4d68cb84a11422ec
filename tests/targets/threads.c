/* Four threads, each calling spin(id) every 5 ms until killed. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

__attribute__((noinline)) long spin(long id) {
  volatile long sum = id;
  for (int i = 0; i < 1000; i++) sum += i;
  return sum;
}

static void *loop(void *id) {
  while (1) {
    spin((intptr_t)id);
    usleep(5000);
  }
  return 0;
}

int main(void) {
  pthread_t threads[4];
  for (intptr_t id = 0; id < 4; id++) pthread_create(&threads[id], 0, loop, (void *)id);
  for (int id = 0; id < 4; id++) pthread_join(threads[id], 0);
  return 0;
}
