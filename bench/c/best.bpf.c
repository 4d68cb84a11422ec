// The least it can cost: one raw tracepoint for all system calls, a test of the number, and a slot per CPU
// in global data.
#include <linux/bpf.h>

#include <asm/unistd.h>
#include <bpf/bpf_helpers.h>

enum { kCpus = 256, kNumbers = 512 };

struct slot {
  __u64 count;
  __u64 padding[7];  // a cache line each
};

struct slot one[kCpus];
__u64 all[kCpus][kNumbers];

SEC("raw_tp/sys_enter")
int count_one(struct bpf_raw_tracepoint_args *ctx) {
  if (ctx->args[1] == __NR_getppid) one[bpf_get_smp_processor_id() % kCpus].count++;
  return 0;
}

SEC("raw_tp/sys_enter")
int count_all(struct bpf_raw_tracepoint_args *ctx) {
  const __u64 number = ctx->args[1];
  if (number < kNumbers) all[bpf_get_smp_processor_id() % kCpus][number]++;
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
