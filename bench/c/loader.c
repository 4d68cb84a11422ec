/* Loads and attaches one shape of one of the two C baselines, for bench/run.
 *   usage: loader OBJECT SHAPE [hold] [EVENT…]
 * SHAPE: the programs SHAPE, SHAPE_ and SHAPE_enter, SHAPE_exit. A program without an attach point of its own
 * is attached to each EVENT of syscalls. With `hold` it says when it is attached, prints what comes through the
 * ring buffer, and stays until SIGINT; otherwise it detaches and ends at once. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct event { /* as in common.h */
  unsigned long long number;
  unsigned pid;
  char comm[16];
};

static volatile sig_atomic_t is_over;

static void end(int signal_number) { is_over = signal_number; }

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) {
  return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int is_of(const char *name, const char *shape) {
  const size_t length = strlen(shape);
  return !strncmp(name, shape, length) &&
         (!name[length] || !strcmp(name + length, "_") || !strcmp(name + length, "_enter") ||
          !strcmp(name + length, "_exit"));
}

/* The maps of a shape; others would only take time to make. Global data is always there. */
static const char *maps_of(const char *shape) {
  static const char *const rows[][2] = {
      {"comm", " by_comm "},           {"ids", " by_ids "},           {"str", " by_name "},
      {"latency", " started by_number "}, {"printf", " events "},
      {"kstack", " stacks by_number "}, {"ustack", " stacks by_number "},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (!strcmp(rows[i][0], shape)) return rows[i][1];
  return " by_number ";
}

static void choose_maps(struct bpf_object *object, const char *shape) {
  struct bpf_map *map;
  bpf_object__for_each_map(map, object) {
    char word[64];
    snprintf(word, sizeof word, " %s ", bpf_map__name(map));
    if (!bpf_map__is_internal(map) && !strstr(maps_of(shape), word)) bpf_map__set_autocreate(map, false);
  }
}

static int print(void *context, void *data, size_t size) {
  const struct event *event = data;
  printf("%llu %u %s\n", event->number, event->pid, event->comm);
  return 0;
}

static int attach(struct bpf_program *program, char **events, int count) {
  if (strcmp(bpf_program__section_name(program), "tracepoint"))
    return bpf_program__attach(program) ? 1 : 0;
  int attached = 0;
  for (int i = 0; i < count; i++) {
    LIBBPF_OPTS(bpf_tracepoint_opts, options, .bpf_cookie = i + 1);
    if (bpf_program__attach_tracepoint_opts(program, "syscalls", events[i], &options)) attached++;
  }
  return attached;
}

static void hold(struct bpf_object *object) {
  struct bpf_map *events = bpf_object__find_map_by_name(object, "events");
  struct ring_buffer *ring = NULL;
  if (bpf_map__autocreate(events)) {
    ring = ring_buffer__new(bpf_map__fd(events), print, NULL, NULL);
    if (!ring) die("ring buffer");
  }
  static char buffer[1 << 20];
  puts("__BPFTRACE_NOTIFY_PROBES_ATTACHED");
  fflush(stdout);
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  while (!is_over) {
    if (ring) ring_buffer__poll(ring, 100);
    else pause();
  }
  if (ring) ring_buffer__consume(ring);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: loader OBJECT SHAPE [hold] [EVENT…]\n"), 2;
  signal(SIGINT, end);
  libbpf_set_print(quiet);
  const int is_held = argc > 3 && !strcmp(argv[3], "hold");
  struct bpf_object *object = bpf_object__open(argv[1]);
  if (!object) die(argv[1]);
  struct bpf_program *program;
  bpf_object__for_each_program(program, object)
    bpf_program__set_autoload(program, is_of(bpf_program__name(program), argv[2]));
  choose_maps(object, argv[2]);
  if (bpf_object__load(object)) die("load");
  int count = 0;
  bpf_object__for_each_program(program, object)
    if (bpf_program__autoload(program)) count += attach(program, argv + 3 + is_held, argc - 3 - is_held);
  if (!count) die("attach");
  fprintf(stderr, "Attached %d probes\n", count);
  if (is_held) hold(object);
  fflush(stdout);
  return 0; /* the kernel detaches what the process held */
}
