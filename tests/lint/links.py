"""Links: neither LLVM nor anything of the compiler is in scry-run."""

import re
import subprocess

COMPILER = re.compile(r"\b(llvm|lld|clang)::|\bLLVM[A-Z]\w+|\bscry::(grammar|ast|cdefs|hir|sema|codegen)::")


def check(tree):
    runner = tree.build / "scry-run"
    if not runner.exists():
        return [f"{runner} is not built"]
    symbols = subprocess.run(["nm", "--demangle", runner], capture_output=True, text=True).stdout
    if not symbols:
        return [f"{runner} has no symbols to look at"]
    problems = [f"scry-run holds {line.split(maxsplit=2)[-1]}" for line in symbols.splitlines()
                if COMPILER.search(line)]
    needed = subprocess.run(["readelf", "--dynamic", "--wide", runner], capture_output=True,
                            text=True).stdout
    problems += [f"scry-run needs {name}" for name in re.findall(r"NEEDED.*\[(.*)\]", needed)
                 if re.match(r"lib(LLVM|clang)", name)]
    return problems[:10]
