// How one usually writes each shape: a program on the event's own tracepoint, per-CPU hashes for what is
// counted, a hash for what is remembered, a ring buffer for what is printed.
#include "common.h"

#define HASH(NAME, TYPE, KEY)      \
  struct {                         \
    __uint(type, TYPE);            \
    __uint(max_entries, 4096);     \
    __type(key, KEY);              \
    __type(value, __u64);          \
  } NAME SEC(".maps")

struct name {
  char text[64];
};

HASH(by_number, BPF_MAP_TYPE_PERCPU_HASH, __u64);
HASH(by_ids, BPF_MAP_TYPE_PERCPU_HASH, struct ids);
HASH(by_comm, BPF_MAP_TYPE_PERCPU_HASH, char[16]);
HASH(by_name, BPF_MAP_TYPE_PERCPU_HASH, struct name);
HASH(started, BPF_MAP_TYPE_HASH, __u32);

struct {
  __uint(type, BPF_MAP_TYPE_STACK_TRACE);
  __uint(max_entries, 4096);
  __uint(key_size, 4);
  __uint(value_size, 127 * 8);
} stacks SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 256 * 1024);
} events SEC(".maps");

__u64 numbered;

static __always_inline int add(void *map, const void *key, __u64 value) {
  __u64 *slot = bpf_map_lookup_elem(map, key);
  if (slot) {
    *slot += value;
  } else {
    bpf_map_update_elem(map, key, &value, BPF_ANY);
  }
  return 0;
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int count(void *ctx) {
  __u64 key = 0;
  return add(&by_number, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int sum(void *ctx) {
  __u64 key = 0;
  return add(&by_number, &key, (__u32)bpf_get_current_pid_tgid());
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int hist(void *ctx) {
  __u64 key = log2_bucket((__u32)bpf_get_current_pid_tgid());
  return add(&by_number, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int lhist(void *ctx) {
  __u64 key = linear_bucket((__u32)bpf_get_current_pid_tgid());
  return add(&by_number, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int comm(void *ctx) {
  char key[16] = {};
  bpf_get_current_comm(key, sizeof key);
  return add(&by_comm, key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int ids(void *ctx) {
  const __u64 both = bpf_get_current_pid_tgid();
  struct ids key = {both >> 32, (__u32)both, {}};
  bpf_get_current_comm(key.comm, sizeof key.comm);
  return add(&by_ids, &key, 1);
}

struct memfd_create {
  __u64 common;
  long number;
  const char *name;
};

SEC("tracepoint/syscalls/sys_enter_memfd_create")
int str(struct memfd_create *ctx) {
  struct name key = {};
  bpf_probe_read_user_str(key.text, sizeof key.text, ctx->name);
  return add(&by_name, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int latency_enter(void *ctx) {
  __u32 tid = bpf_get_current_pid_tgid();
  __u64 now = bpf_ktime_get_boot_ns();
  bpf_map_update_elem(&started, &tid, &now, BPF_ANY);
  return 0;
}

SEC("tracepoint/syscalls/sys_exit_getppid")
int latency_exit(void *ctx) {
  __u32 tid = bpf_get_current_pid_tgid();
  __u64 *begin = bpf_map_lookup_elem(&started, &tid);
  if (!begin) return 0;
  __u64 key = log2_bucket(bpf_ktime_get_boot_ns() - *begin);
  bpf_map_delete_elem(&started, &tid);
  return add(&by_number, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int printf_(void *ctx) {
  struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
  const __u64 number = numbered++;
  if (!event) return 0;
  event->number = number;
  event->pid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(event->comm, sizeof event->comm);
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int kstack(void *ctx) {
  __u64 key = bpf_get_stackid(ctx, &stacks, 0);
  return add(&by_number, &key, 1);
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int ustack(void *ctx) {
  __u64 key = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
  return add(&by_number, &key, 1);
}

// On every tracepoint that the loader attaches it to, told apart by the attach cookie.
SEC("tracepoint")
int many(void *ctx) {
  __u64 key = bpf_get_attach_cookie(ctx);
  return add(&by_number, &key, 1);
}
