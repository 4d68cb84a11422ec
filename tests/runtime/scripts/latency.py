"""Reads COUNT lines that are numbers, each with the nsecs of its event, and tells how late they came."""

import statistics
import sys
import time

late = []
for line in sys.stdin:
    if not line.strip().isdigit():
        continue
    late.append((time.clock_gettime_ns(time.CLOCK_BOOTTIME) - int(line)) / 1e6)
    if len(late) == int(sys.argv[1]):
        break
median = statistics.median(late)
print("median below 2 ms" if median < 2 else f"median {median:.3f} ms")
