"""Docs: the manual and completion can be made from scry's tables, docs/status.md is what they say, and the prose
names options that exist."""

import json
import pathlib
import re
import subprocess
import tempfile

PROSE = ("man/scry.8.in", "README.md")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def _words_after_scry(text):
    """Options in what the prose shows of scry: `scry -e`, `\\fB--dry-run`."""
    for line in text.replace("\\-", "-").splitlines():
        if re.search(r"\bscry\b.*\s-", line) and "cmake" not in line:
            yield from OPTION.findall(re.sub(r"'[^']*'|\(aq.*?\(aq", "", line))


def check(tree):
    scry = tree.build / "scry"
    if not scry.exists():
        return None
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([tree.root / "scripts/docs", folder, scry], capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr.splitlines()[-1:]
        if "@@" in (pathlib.Path(folder) / "scry.8").read_text():
            problems.append("man/scry.8.in: scripts/docs left a @@ in it")
        syntax = subprocess.run(["bash", "-n", f"{folder}/scry.bash"], capture_output=True, text=True)
        problems += [f"completion: {line}" for line in syntax.stderr.splitlines()]
    status = subprocess.run([tree.root / "scripts/status", scry], capture_output=True, text=True)
    problems += status.stderr.splitlines()
    if status.stdout != tree.text("docs/status.md"):
        problems.append("docs/status.md is not what scripts/status prints")
    told = json.loads(subprocess.run([scry, "--describe"], capture_output=True, check=True).stdout)
    known = {name for option in told["options"] for name in (option["short"], option["long"])}
    known |= {"-lv", "-hv", "--"}
    for path in PROSE:
        for word in _words_after_scry(tree.text(path)):
            if word not in known and not word.startswith("-run"):
                problems.append(f"{path}: scry has no option {word}")
    return problems
