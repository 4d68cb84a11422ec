// The least each shape can cost: one raw tracepoint for all system calls with a test of the number, counts in
// global data by CPU, preallocated maps where a key is needed, an array by thread for what is remembered.
#include "common.h"

enum { kCpus = 16, kNumbers = 512, kThreads = 1 << 12 };

struct slot {
  __u64 count;
  __u64 padding[7];  // a cache line each
};

struct name {
  char text[64];
};

#define HASH(NAME, KEY)                        \
  struct {                                     \
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);    \
    __uint(max_entries, 4096);                 \
    __type(key, KEY);                          \
    __type(value, __u64);                      \
  } NAME SEC(".maps")

HASH(by_comm, char[16]);
HASH(by_ids, struct ids);
HASH(by_name, struct name);

struct {
  __uint(type, BPF_MAP_TYPE_STACK_TRACE);
  __uint(max_entries, 4096);
  __uint(key_size, 4);
  __uint(value_size, 127 * 8);
} stacks SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 * 1024 * 1024);
} events SEC(".maps");

struct slot one[kCpus];
__u64 buckets[kCpus][128];
__u64 all[2][kCpus][kNumbers];
struct {
  __u64 tid, begin;
} started[kThreads];
__u64 by_stack[kCpus][4096];
__u64 numbered;

#define CPU (bpf_get_smp_processor_id() % kCpus)
#define ENTER(NAME, CALL)                          \
  SEC("raw_tp/sys_enter")                          \
  int NAME(struct bpf_raw_tracepoint_args *ctx) {  \
    if (ctx->args[1] != CALL) return 0;

static __always_inline int add(void *map, const void *key) {
  __u64 *slot = bpf_map_lookup_elem(map, key);
  if (slot) {
    ++*slot;
  } else {
    __u64 one = 1;
    bpf_map_update_elem(map, key, &one, BPF_ANY);
  }
  return 0;
}

ENTER(count, __NR_getppid)
  one[CPU].count++;
  return 0;
}

ENTER(sum, __NR_getppid)
  one[CPU].count += (__u32)bpf_get_current_pid_tgid();
  return 0;
}

ENTER(hist, __NR_getppid)
  buckets[CPU][log2_bucket((__u32)bpf_get_current_pid_tgid()) & 127]++;
  return 0;
}

ENTER(lhist, __NR_getppid)
  buckets[CPU][linear_bucket((__u32)bpf_get_current_pid_tgid()) & 127]++;
  return 0;
}

ENTER(comm, __NR_getppid)
  char key[16] = {};
  bpf_get_current_comm(key, sizeof key);
  return add(&by_comm, key);
}

ENTER(ids, __NR_getppid)
  const __u64 both = bpf_get_current_pid_tgid();
  struct ids key = {both >> 32, (__u32)both, {}};
  bpf_get_current_comm(key.comm, sizeof key.comm);
  return add(&by_ids, &key);
}

ENTER(str, __NR_memfd_create)
  struct name key = {};
  const void *registers = (const void *)ctx->args[0];
  const char *text = 0;
  bpf_probe_read_kernel(&text, sizeof text, registers + 112);  // rdi in struct pt_regs
  bpf_probe_read_user_str(key.text, sizeof key.text, text);
  return add(&by_name, &key);
}

ENTER(latency_enter, __NR_getppid)
  const __u32 tid = bpf_get_current_pid_tgid();
  started[tid % kThreads].tid = tid;
  started[tid % kThreads].begin = bpf_ktime_get_boot_ns();
  return 0;
}

// No test of the number: who has begun is in a getppid.
SEC("raw_tp/sys_exit")
int latency_exit(struct bpf_raw_tracepoint_args *ctx) {
  const __u32 tid = bpf_get_current_pid_tgid();
  const __u64 begin = started[tid % kThreads].begin;
  if (!begin || started[tid % kThreads].tid != tid) return 0;
  started[tid % kThreads].begin = 0;
  buckets[CPU][log2_bucket(bpf_ktime_get_boot_ns() - begin) & 127]++;
  return 0;
}

ENTER(printf_, __NR_getppid)
  struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  const __u64 number = numbered++;
  if (!event) return 0;
  event->number = number;
  event->pid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(event->comm, sizeof event->comm);
  // Readers wake every 64 KiB and by themselves.
  bpf_ringbuf_submit(event, (number & 1023) ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP);
  return 0;
}

ENTER(kstack, __NR_getppid)
  const __u32 id = bpf_get_stackid(ctx, &stacks, BPF_F_FAST_STACK_CMP);
  by_stack[CPU][id % 4096]++;
  return 0;
}

ENTER(ustack, __NR_getppid)
  const __u32 id = bpf_get_stackid(ctx, &stacks, BPF_F_FAST_STACK_CMP | BPF_F_USER_STACK);
  by_stack[CPU][id % 4096]++;
  return 0;
}

SEC("raw_tp/sys_enter")
int many_enter(struct bpf_raw_tracepoint_args *ctx) {
  const __u64 number = ctx->args[1];
  if (number < kNumbers) all[0][CPU][number]++;
  return 0;
}

SEC("raw_tp/sys_exit")
int many_exit(struct bpf_raw_tracepoint_args *ctx) {
  __u64 number = 0;
  bpf_probe_read_kernel(&number, sizeof number, (const void *)ctx->args[0] + 120);  // orig_ax
  if (number < kNumbers) all[1][CPU][number & (kNumbers - 1)]++;  // the verifier forgets the test
  return 0;
}
