"""What bench/run measures: each work as a script, and as a shape of the C baselines (bench/c)."""

import pathlib

SYSCALL_EVENTS = pathlib.Path("/sys/kernel/tracing/events/syscalls")

# Whole processes: name -> (script, shape of the C programs or None).
STARTS = {
    "BEGIN, exit": ("BEGIN { exit(); }", None),
    "interval, exit": ("interval:ms:1 { exit(); }", None),
    "count by comm": ("tracepoint:syscalls:sys_enter_getppid { @[comm] = count(); } interval:ms:1 { exit(); }",
                      "comm"),
    "printf with a string": ("tracepoint:syscalls:sys_enter_openat /0/ { printf(\"%s %s\\n\", comm, "
                             "str(args.filename)); } interval:ms:1 { exit(); }", "str"),
    "latency histogram": ("tracepoint:syscalls:sys_enter_getppid { @t[tid] = nsecs; } "
                          "tracepoint:syscalls:sys_exit_getppid /@t[tid]/ { @ns = hist(nsecs - @t[tid]); "
                          "delete(@t, tid); } interval:ms:1 { exit(); }", "latency"),
}

ATTACH_COUNTS = (1, 10, 350, 700)

_ENTER = "tracepoint:syscalls:sys_enter_getppid"
# Added per event: name -> (script, shape, call of bench/c/calls.c).
SHAPES = {
    "count()": (_ENTER + " { @ = count(); }", "count", "getppid"),
    "sum(tid)": (_ENTER + " { @ = sum(tid); }", "sum", "getppid"),
    "hist(tid)": (_ENTER + " { @ = hist(tid); }", "hist", "getppid"),
    "lhist(tid, 0, 100000, 1000)": (_ENTER + " { @ = lhist(tid, 0, 100000, 1000); }", "lhist", "getppid"),
    "@[comm] = count()": (_ENTER + " { @[comm] = count(); }", "comm", "getppid"),
    "@[pid, tid, comm] = count()": (_ENTER + " { @[pid, tid, comm] = count(); }", "ids", "getppid"),
    "@[str(arg)] = count()": ("tracepoint:syscalls:sys_enter_memfd_create { @[str(args.uname, 63)] = count(); }",
                              "str", "memfd"),
    "entry/exit latency": (_ENTER + " { @t[tid] = nsecs; } tracepoint:syscalls:sys_exit_getppid /@t[tid]/ "
                           "{ @ns = hist(nsecs - @t[tid]); delete(@t, tid); }", "latency", "getppid"),
    "printf": (_ENTER + " { printf(\"%d %d %s\\n\", @n++, pid, comm); }", "printf", "getppid"),
    "@[kstack] = count()": (_ENTER + " { @[kstack] = count(); }", "kstack", "getppid"),
    "@[ustack] = count()": (_ENTER + " { @[ustack] = count(); }", "ustack", "getppid"),
}

NUMBERED = (_ENTER + " /comm == \"calls\"/ { printf(\"%d %d %s\\n\", @n++, pid, comm); }", "printf")
LARGE_MAP = _ENTER + " /comm == \"calls\"/ { @[@n++] = 1; }"


def syscall_events(count):
    """That many system call tracepoints, entries first, from those this kernel has."""
    names = sorted(path.name for path in SYSCALL_EVENTS.glob("sys_enter_*"))
    names += sorted(path.name for path in SYSCALL_EVENTS.glob("sys_exit_*"))
    return ["sys_enter_getppid"] if count == 1 else names[:count]


def attach_script(count):
    points = ", ".join("tracepoint:syscalls:" + name for name in syscall_events(count))
    return points + " { @[probe] = count(); } interval:ms:1 { exit(); }"
