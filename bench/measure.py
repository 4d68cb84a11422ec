"""How bench/run measures: contenders, and one figure of one of them at a time. None where it cannot do the work."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import works

ATTACHED = b"__BPFTRACE_NOTIFY_PROBES_ATTACHED"
CALLS = 1_000_000
NUMBERED_CALLS = 2_000_000
LARGE_MAP_KEYS = 1_000_000
ATTACH_SECONDS = 120
ENVIRONMENT = {**os.environ, ATTACHED.decode(): "1", "BPFTRACE_MAX_MAP_KEYS": str(LARGE_MAP_KEYS + 100_000),
               "BPFTRACE_MAX_PROBES": "2000", "BPFTRACE_MAX_BPF_PROGS": "2000"}


class Tracer:
    """scry or the peer: takes scripts."""

    def __init__(self, binary):
        self.binary = binary

    def command(self, script, shape=None, events=(), is_held=False):
        return [self.binary, "-e", script]


class CProgram:
    def __init__(self, build, kind):
        self.build, self.kind = build, kind

    def command(self, script, shape=None, events=(), is_held=False):
        if shape is None:
            return None
        return [str(self.build / "loader"), str(self.build / f"{self.kind}.bpf.o"), shape,
                *(["hold"] if is_held else []), *events]


class Run:
    """A tracer that is attached; its output goes to a file in memory."""

    def __init__(self, command):
        self.output = tempfile.NamedTemporaryFile(dir="/dev/shm", prefix="bench-")
        self.errors = tempfile.TemporaryFile(dir="/dev/shm")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=self.errors, env=ENVIRONMENT)
        self.is_attached = self._await()

    def _await(self):
        end = time.monotonic() + ATTACH_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if ATTACHED in pathlib.Path(self.output.name).read_bytes()[:4096]:
                time.sleep(0.1)
                return True
            time.sleep(0.005)
        return False

    def memory(self, field):
        """MiB, of a field of /proc/PID/status; 0 once it has ended."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(rf"^{field}:\s+(\d+)", status, re.M)
        return int(found.group(1)) / 1024 if found else 0

    def stop(self):
        """Ends it; gives seconds taken and its peak memory in MiB."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        peak = 0
        # The peak is asked for until the end: the resource usage of a child counts what it had before exec.
        while self.process.poll() is None:
            peak = max(peak, self.memory("VmHWM"))
            time.sleep(0.002)
        return time.monotonic() - begin, peak

    def lines(self):
        return pathlib.Path(self.output.name).read_bytes().splitlines()

    def complaints(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")


@contextlib.contextmanager
def attached(command):
    """A Run, or None when the contender cannot do it."""
    run = Run(command)
    try:
        yield run if run.is_attached else None
    finally:
        if run.process.returncode is None:
            run.stop()
        run.output.close()
        run.errors.close()


def whole_process(command):
    """Wall time in ms. Runs are half a second apart: the kernel makes a tracepoint that is enabled again at
    once wait for a grace period."""
    time.sleep(0.5)
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=ENVIRONMENT)
    took = 1e3 * (time.perf_counter() - begin)
    return took if done.returncode == 0 and b"ttached" in done.stdout + done.stderr else None


def nanoseconds_per_call(build, call, count=CALLS):
    cpu = str(os.cpu_count() - 1)
    done = subprocess.run(["taskset", "-c", cpu, build / "calls", call, str(count)], capture_output=True,
                          text=True, check=True)
    return float(done.stdout)


def added_per_event(command, build, call):
    """ns: with the probe less without, the two taken in turn."""
    count = CALLS // 5 if "stack" in " ".join(command) else CALLS
    bare = nanoseconds_per_call(build, call, count)
    with attached(command) as run:
        return nanoseconds_per_call(build, call, count) - bare if run else None


def numbered_events(command, build):
    """Of lines printed at full rate, each with its number: (thousands a second, % lost, % lost and told)."""
    with attached(command) as run:
        if not run:
            return None
        begin = time.monotonic()
        nanoseconds_per_call(build, "getppid", NUMBERED_CALLS)
        took = time.monotonic() - begin
        time.sleep(0.3)
        run.stop()
        numbers = [int(line.split()[0]) for line in run.lines() if re.fullmatch(rb"\d+ \d+ calls", line)]
        if any(a >= b for a, b in zip(numbers, numbers[1:])) or not numbers:
            raise ValueError(f"{command[0]}: lines out of order or torn")
        told = sum(int(n.replace(",", "")) for n in
                   re.findall(r"(?i)lost\D{0,20}([\d,]+)|([\d,]+) [\w ]*lost", run.complaints()) for n in n if n)
        lost = NUMBERED_CALLS - len(numbers)
        return {"events/s": NUMBERED_CALLS / took, "printed": len(numbers), "lost": lost, "lost, told": told}


def large_map(command, build):
    """A map of a million keys at exit: {seconds, peak MiB}."""
    with attached(command) as run:
        if not run:
            return None
        nanoseconds_per_call(build, "getppid", LARGE_MAP_KEYS)
        seconds, peak = run.stop()
        count = sum(1 for line in run.lines() if re.fullmatch(rb"@\[\d+\]: 1", line))
        if count != LARGE_MAP_KEYS:
            return None
        return {"s": seconds, "MiB": peak}


def memory(command):
    """MiB of a run that counts: at most, once attached, and of that what no file backs."""
    with attached(command) as run:
        if not run:
            return None
        time.sleep(0.5)
        return {"peak": run.memory("VmHWM"), "steady": run.memory("VmRSS"), "steady, own": run.memory("RssAnon")}


def size(binary, chroot=None):
    """MiB of a program and the libraries it starts with."""
    within = ["chroot", chroot] if chroot else []
    listed = subprocess.run([*within, "ldd", binary], capture_output=True, text=True).stdout
    paths = {binary, *re.findall(r"(/\S+) \(", listed)}
    root = pathlib.Path(chroot or "/")
    return sum((root / path.lstrip("/")).resolve().stat().st_size for path in paths) / 2**20
