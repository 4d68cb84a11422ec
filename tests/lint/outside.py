"""Outside tools: clang-format over C++, shellcheck over shell scripts."""

import shutil
import subprocess

CXX = (".h", ".cpp")


def _run(command, tree):
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines() if done.returncode != 0 else []


def _shell_scripts(tree):
    for path in tree.files():
        first = tree.lines(path)[:1]
        if first and first[0].startswith("#!") and first[0].split("/")[-1].split()[-1] in ("sh", "bash"):
            yield path


def check_format(tree):
    if not shutil.which("clang-format"):
        return None
    paths = [*tree.sources(CXX),
             *(p for p in tree.files() if p.startswith("tests/unit/") and p.endswith(CXX))]
    complaints = _run(["clang-format", "--dry-run", "-Werror", *paths], tree)
    wrong = sorted({line.split(":")[0] for line in complaints if "clang-format-violations" in line})
    return [f"{path}: not as scripts/format would lay it out" for path in wrong]


def check_shell(tree):
    if not shutil.which("shellcheck"):
        return None
    return _run(["shellcheck", "--shell=bash", *_shell_scripts(tree)], tree)
