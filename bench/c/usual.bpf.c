// How one usually writes it: a program on each system call's tracepoint, counting in a per-CPU hash by
// the event it came from (the attach cookie).
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u64);
  __type(value, __u64);
} counts SEC(".maps");

SEC("tracepoint")
int count(void *ctx) {
  __u64 key = bpf_get_attach_cookie(ctx);
  __u64 *slot = bpf_map_lookup_elem(&counts, &key);
  if (slot) {
    (*slot)++;
  } else {
    __u64 one = 1;
    bpf_map_update_elem(&counts, &key, &one, BPF_ANY);
  }
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
