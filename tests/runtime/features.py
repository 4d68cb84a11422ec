"""What REQUIRES_FEATURE's words mean, and which kernels must have what: a skip for a feature that the
kernel must have is a failure."""

import gzip
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_ROWS = re.findall(r'^FEATURE\(\w+, \w+, "([^"]+)", "([^"]+)"',
                   (ROOT / "src/kernel/features.def").read_text(), re.M)
SINCE = dict(_ROWS)
# A requirement's word, and what --info calls it; rows of features.def, and parts of a build.
NAMES = {
    "dwarf": "libdw (DWARF support)", "dwunwind": "dwunwind (DWARF stack unwinding)",
    "blazesym": "blazesym (advanced symbolization)", "module_btf": "module btf",
    **{name: name for name in SINCE},
}
_FENTRY = "CONFIG_FUNCTION_TRACER"
# Features that a kernel of any version lacks without the option, as its configuration may tell.
OPTIONS = {
    "btf": "CONFIG_DEBUG_INFO_BTF", "module btf": "CONFIG_DEBUG_INFO_BTF_MODULES",
    "kprobe": "CONFIG_KPROBES", "kprobe_multi": "CONFIG_FPROBE", "kprobe_session": "CONFIG_FPROBE",
    "fentry": _FENTRY, "uprobe": "CONFIG_UPROBES", "uprobe_multi": "CONFIG_UPROBES",
    "watchpoint": "CONFIG_HAVE_HW_BREAKPOINT",
}
# What no version promises: it hangs on the machine (counters are absent under emulation and in many
# clouds) or on modules being loaded.
NEVER_PROMISED = {"hardware", "watchpoint", "module btf", "dpath", "skboutput"}


def version(text):
    """6.12.3-cloud -> [6, 12, 3], to compare."""
    return [int(part) for part in re.findall(r"\d+", text)[:3]]


def live_options():
    """The options that are on, and not locked, in the running kernel; None when it does not tell."""
    try:
        with gzip.open("/proc/config.gz", "rt") as config:
            options = options_of(config.read())
    except OSError:
        return None
    # A kernel built to be locked down always refuses to load what fentry, fexit and LSM hang on (EPERM).
    if "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY" in options:
        options.discard(_FENTRY)
    return options


def options_of(config):
    """The options that a kernel's .config turns on."""
    return set(re.findall(r"^(CONFIG_\w+)=[ym]$", config, re.M))


def has(info, word):
    """Does that output of --info have the feature? KeyError for a word that is none."""
    return re.search(rf"\b{re.escape(NAMES[word])}: yes\b", info) is not None


def must_have(word, release, options):
    """Why a kernel must have it, "" when it need not; `options` as options_of() tells, or None."""
    name = NAMES[word]
    if name not in SINCE or name in NEVER_PROMISED or version(release) < version(SINCE[name]):
        return ""
    option = OPTIONS.get(name)
    if option and (options is None or option not in options):
        return ""
    return f"kernels since {SINCE[name]}" + (f" with {option}" if option else "")
