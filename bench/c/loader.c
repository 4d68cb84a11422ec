/* Loads and attaches one of the two C programs, for bench/run.
 *   usage: loader usual|best one|all DIRECTORY [hold]
 * one: getppid only; all: every system call. With `hold` it says when it is attached and stays until SIGINT;
 * otherwise it detaches and ends at once. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) {
  return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int attach_tracepoint(struct bpf_program *program, const char *event, __u64 cookie) {
  LIBBPF_OPTS(bpf_tracepoint_opts, options, .bpf_cookie = cookie);
  return bpf_program__attach_tracepoint_opts(program, "syscalls", event, &options) ? 1 : 0;
}

static int attach_every_tracepoint(struct bpf_program *program) {
  DIR *events = opendir("/sys/kernel/tracing/events/syscalls");
  if (!events) die("/sys/kernel/tracing/events/syscalls");
  int count = 0;
  for (struct dirent *entry; (entry = readdir(events));)
    if (!strncmp(entry->d_name, "sys_enter_", 10))
      count += attach_tracepoint(program, entry->d_name, count + 1);
  closedir(events);
  return count;
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "usage: loader usual|best one|all DIRECTORY [hold]\n"), 2;
  const int is_usual = !strcmp(argv[1], "usual"), is_one = !strcmp(argv[2], "one");
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.bpf.o", argv[3], argv[1]);
  libbpf_set_print(quiet);
  struct bpf_object *object = bpf_object__open(path);
  if (!object) die(path);
  const char *name = is_usual ? "count" : is_one ? "count_one" : "count_all";
  struct bpf_program *program;
  bpf_object__for_each_program(program, object)
    bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
  if (bpf_object__load(object)) die("load");
  program = bpf_object__find_program_by_name(object, name);
  int count = 1;
  if (!is_usual) count = bpf_program__attach(program) ? 1 : 0;
  else if (is_one) count = attach_tracepoint(program, "sys_enter_getppid", 1);
  else count = attach_every_tracepoint(program);
  if (!count) die("attach");
  fprintf(stderr, "Attached %d probes\n", count);
  if (argc > 4) {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, 0);
    puts("__BPFTRACE_NOTIFY_PROBES_ATTACHED");
    fflush(stdout);
    int signal_number;
    sigwait(&interrupt, &signal_number);
  }
  return 0; /* the kernel detaches what the process held */
}
