"""Is a case's output as it expects? For every suite that runs live cases, here or elsewhere."""

import json
import pathlib
import re
import time

import dsl
import features

HERE = pathlib.Path(__file__).resolve().parent
ATTACHED = "__BPFTRACE_NOTIFY_PROBES_ATTACHED"  # the line a tracer prints once its probes are attached


class Failed(Exception):
    """The case ran and is not as expected."""


class Skipped(Exception):
    """The case cannot run here; its text is why."""


def skip_unless_kernel(case, info, release, options):
    """Raises Skipped where the kernel is not one for the case, Failed where it must be one: `info()` is
    what --info says there, `options()` as features.options_of() tells."""
    if case.min_kernel and features.version(release) < features.version(case.min_kernel):
        raise Skipped(f"kernel older than {case.min_kernel}")
    if case.max_kernel and features.version(release) > features.version(case.max_kernel):
        raise Skipped(f"kernel newer than {case.max_kernel}")
    for requirement in case.features:
        word = requirement.lstrip("!")
        if word not in features.NAMES:
            raise dsl.DslError(f"unknown feature {word}")
        if features.has(info(), word) != requirement.startswith("!"):
            continue
        why = "" if requirement.startswith("!") else features.must_have(word, release, options())
        if why:
            raise Failed(f"skips for want of {word}, which {why} have; this is {release}")
        raise Skipped(f"feature {requirement}")


def mismatch(expectation, output, case):
    """Why the output is not as expected, "" when it is."""
    kind, value = expectation
    if kind in ("EXPECT", "EXPECT_NONE"):
        is_found = re.search(rf"^\s*{re.escape(value)}\s*$", output, re.M) is not None
    elif kind in ("EXPECT_REGEX", "EXPECT_REGEX_NONE"):
        is_found = re.search(value, output, re.M) is not None
    else:
        return _exact_mismatch(kind, HERE / value, output, case)
    if is_found == kind.endswith("_NONE"):
        return f"{'unexpected' if is_found else 'expected'} {kind} {value}"
    return ""


def _exact_mismatch(kind, path, output, case):
    expected = path.read_text().strip()
    if case.timestamps_epoch:
        expected = time.strftime(expected, time.localtime(int(case.timestamps_epoch)))
    if kind == "EXPECT_FILE":
        return "" if output.strip() == expected else f"expected the content of {path.name}:\n{expected}"
    try:
        lines = [json.loads(line) for line in output.splitlines() if line.strip()]
    except ValueError as error:
        return f"not JSON: {error}"
    if path.suffix == ".ndjson":
        wanted = [json.loads(line) for line in expected.splitlines()]
        return "" if lines == wanted else f"expected the lines of {path.name}:\n{expected}"
    return "" if json.loads(expected) in lines else f"expected a line like {path.name}:\n{expected}"


def check_output(case, output, note=""):
    """Raises Failed with everything that is not as expected."""
    problems = [p for p in (mismatch(e, output, case) for e in case.expectations) if p]
    if problems:
        raise Failed("\n".join(problems) + f"\n{note}--- output\n{output}")


def check_status(case, status, output):
    if case.will_fail and status == 0:
        raise Failed(f"returned 0, must fail\n{output}")
    if not case.will_fail and status != (case.return_code or 0):
        raise Failed(f"returned {status}, not {case.return_code or 0}\n--- output\n{output}")
