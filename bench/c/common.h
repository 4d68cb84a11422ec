// What both C baselines share: the numbers and records that bench/run compares.
#pragma once

#include <linux/bpf.h>

#include <asm/unistd.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define LHIST_BUCKETS 102 /* below, 0..99 thousand, above */

struct ids {
  __u32 pid, tid;
  char comm[16];
};

struct event { // of printf: also numbered, to find what is lost
  __u64 number;
  __u32 pid;
  char comm[16];
};

static __always_inline __u32 log2_bucket(__u64 value) {
  __u32 bucket = 0;
  if (value >> 32) value >>= 32, bucket += 32;
  if (value >> 16) value >>= 16, bucket += 16;
  if (value >> 8) value >>= 8, bucket += 8;
  if (value >> 4) value >>= 4, bucket += 4;
  if (value >> 2) value >>= 2, bucket += 2;
  return bucket + (__u32)(value >> 1);
}

static __always_inline __u32 linear_bucket(__u64 value) {
  const __u64 bucket = value / 1000 + 1;
  return bucket < LHIST_BUCKETS ? bucket : LHIST_BUCKETS - 1;
}

char LICENSE[] SEC("license") = "GPL";
