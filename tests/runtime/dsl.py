"""The words of a .test file: reads it into Case values, and refuses what it does not know.

A file is a row of blocks apart by blank lines; a line starting with `#` is a comment anywhere. A line's
first word is a directive, the rest its value. A line that starts with as many blanks as the previous
directive's name and its blank are long goes on with that value (PROG, EXPECT and EXPECT_REGEX only).
"""

import dataclasses
import pathlib

EXPECTATIONS = ("EXPECT", "EXPECT_NONE", "EXPECT_REGEX", "EXPECT_REGEX_NONE", "EXPECT_FILE",
                "EXPECT_JSON")
CONTINUED = ("PROG", "EXPECT", "EXPECT_REGEX")


class DslError(Exception):
    """A .test file that is wrong; its text names the file and the line."""


@dataclasses.dataclass
class Case:
    suite: str
    name: str = ""
    prog: str = ""
    run: str = ""
    expectations: list = dataclasses.field(default_factory=list)  # (directive, value)
    timeout: float = 5
    before: list = dataclasses.field(default_factory=list)
    after: list = dataclasses.field(default_factory=list)
    setup: list = dataclasses.field(default_factory=list)
    cleanup: list = dataclasses.field(default_factory=list)
    env: dict = dataclasses.field(default_factory=dict)
    requires: list = dataclasses.field(default_factory=list)
    features: list = dataclasses.field(default_factory=list)
    arch: list = dataclasses.field(default_factory=list)
    min_kernel: str = ""
    max_kernel: str = ""
    will_fail: bool = False
    return_code: int | None = None
    new_pidns: bool = False
    skip_if_env: list = dataclasses.field(default_factory=list)
    timestamps_epoch: str = ""

    @property
    def full_name(self):
        return f"{self.suite}.{self.name}"

    @property
    def is_exact(self):
        return self.expectations[:1] and self.expectations[0][0] in ("EXPECT_FILE", "EXPECT_JSON")


def _pairs(text, where):
    pairs = {}
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals:
            raise DslError(f"{where}: `{word}` is not NAME=VALUE")
        pairs[key] = value
    return pairs


def _set(case, directive, value, where):
    if directive in EXPECTATIONS:
        case.expectations.append((directive, value))
    elif directive in ("NAME", "PROG", "RUN"):
        if getattr(case, directive.lower()):
            raise DslError(f"{where}: a second {directive}")
        setattr(case, directive.lower(), value)
    elif directive == "TIMEOUT":
        case.timeout = float(value)
    elif directive in ("BEFORE", "AFTER", "SETUP", "CLEANUP", "REQUIRES"):
        getattr(case, directive.lower()).append(value)
    elif directive == "ENV":
        case.env.update(_pairs(value, where))
    elif directive == "SKIP_IF_ENV_HAS":
        case.skip_if_env += _pairs(value, where).items()
    elif directive == "REQUIRES_FEATURE":
        case.features += value.split()
    elif directive == "ARCH":
        case.arch += [word for word in value.replace("|", " ").split() if word != "or"]
    elif directive in ("MIN_KERNEL", "MAX_KERNEL"):
        setattr(case, directive.lower(), value)
    elif directive in ("WILL_FAIL", "NEW_PIDNS"):
        setattr(case, directive.lower(), True)
    elif directive == "RETURN_CODE":
        case.return_code = int(value)
    elif directive == "LOCALIZE_TIMESTAMPS":
        case.timestamps_epoch = value
    else:
        raise DslError(f"{where}: unknown directive {directive}")


def _check(case, where):
    kinds = {directive for directive, _ in case.expectations}
    if not case.name:
        raise DslError(f"{where}: a block without NAME")
    if bool(case.prog) == bool(case.run):
        raise DslError(f"{where}: {case.name} needs exactly one of PROG and RUN")
    if not kinds and case.return_code is None:
        raise DslError(f"{where}: {case.name} expects nothing")
    if kinds & {"EXPECT_FILE", "EXPECT_JSON"} and len(case.expectations) > 1:
        raise DslError(f"{where}: {case.name} mixes an exact expectation with others")
    if case.will_fail and case.return_code == 0:
        raise DslError(f"{where}: {case.name} cannot both fail and return 0")


def read(path: pathlib.Path):
    """The cases of one file, in order."""
    cases, block, lines = [], [], path.read_text().split("\n")

    def finish(where):
        if not block:
            return
        case = Case(suite=path.stem)
        for directive, value, place in block:
            _set(case, directive, value, place)
        _check(case, where)
        cases.append(case)
        block.clear()

    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        if line.startswith("#"):
            continue
        if not line.strip():
            finish(where)
            continue
        indent = len(block[-1][0]) + 1 if block else 0
        if block and block[-1][0] in CONTINUED and line[:indent].isspace() and len(line) > indent:
            directive, value, place = block[-1]
            block[-1] = (directive, value + "\n" + line[indent:], place)
            continue
        directive, _, value = line.strip().partition(" ")
        block.append((directive, value, where))
    finish(f"{path}:{len(lines)}")
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            raise DslError(f"{path}: two cases are named {name}")
    return cases
