"""Reads a run whose end probe prints `end NSECS`, and tells how long after that the output was closed."""

import re
import sys
import time

text = sys.stdin.read()
passed = (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - int(re.search(r"^end (\d+)$", text, re.M)[1])) / 1e6
print("ended within 300 ms" if passed <= 300 else f"ended after {passed:.0f} ms")
