"""What BPF objects are in the kernel, to find what a case left behind."""

import ctypes
import glob
import os
import re
import time

KINDS = {"prog": 11, "map": 12, "link": 31}  # BPF_{PROG,MAP,LINK}_GET_NEXT_ID
_SYS_BPF = {"x86_64": 321, "aarch64": 280}.get(os.uname().machine)
_libc = ctypes.CDLL(None, use_errno=True)


class _IdAttr(ctypes.Structure):
    _fields_ = [("start_id", ctypes.c_uint32), ("next_id", ctypes.c_uint32),
                ("flags", ctypes.c_uint32), ("padding", ctypes.c_uint8 * 116)]


def snapshot():
    """The set of (kind, id) of every BPF object there is."""
    found = set()
    for kind, command in KINDS.items():
        attr = _IdAttr()
        while _libc.syscall(_SYS_BPF, command, ctypes.byref(attr), ctypes.sizeof(attr)) == 0:
            found.add((kind, attr.next_id))
            attr.start_id = attr.next_id
    return found


def uprobe_events():
    """The uprobes made through tracefs, "" where it is not mounted."""
    try:
        with open("/sys/kernel/tracing/uprobe_events") as file:
            return file.read()
    except OSError:
        return ""


def _held_by_others():
    """Every (kind, id) that some process has open: another tracer's, not a leftover."""
    held = set()
    for name in glob.glob("/proc/[0-9]*/fdinfo/*"):
        try:
            with open(name) as file:
                text = file.read()
        except OSError:
            continue
        for kind, number in re.findall(r"^(prog|map|link)_id:\s+(\d+)$", text, re.M):
            held.add((kind, int(number)))
    return held


def leftovers(before, grace=3.0):
    """Objects made since `before` that no process holds and that do not go away by themselves.

    The kernel frees programs and maps a moment after their last holder is gone.
    """
    end = time.monotonic() + grace
    suspects = None
    while True:
        new = snapshot() - before
        if suspects is not None:
            new &= suspects
        if not new:
            return []
        if time.monotonic() > end:
            # What appeared later than the case's end is not the case's, so only old suspects count.
            return sorted(new - _held_by_others())
        suspects = new
        time.sleep(0.02)
