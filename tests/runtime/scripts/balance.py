"""Reads the JSON of a run with the maps @raw and @perf, which count the same event, @perf by programs that the
kernel may skip: with what the run reports as skipped both must be equal, but for the events that came
between the attaching of the two."""

import json
import sys

raw = perf = skipped = 0
for line in sys.stdin:
    if not line.startswith("{"):
        continue
    event = json.loads(line)
    if event["type"] == "map":
        raw = event["data"].get("@raw", raw)
        perf = sum(event["data"].get("@perf", {"": perf}).values())
    if event["type"] == "losses":
        skipped += sum(loss["count"] for loss in event["data"]
                       if loss["kind"] == "skipped_by_kernel" and "local_timer" in loss["probe"])
is_balanced = abs(raw - perf - skipped) <= max(8, raw // 50)  # a busy machine may take long to attach
print("balanced" if is_balanced else f"raw {raw}, perf {perf}, skipped {skipped}:",
      "with at least 100 skipped" if skipped >= 100 else f"with {skipped} skipped")
