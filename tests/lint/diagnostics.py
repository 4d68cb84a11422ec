"""Diagnostics: each row of diagnostics.def is raised somewhere and hit by a test: a golden or a live case
that shows `[tag]`, or, for what no short script can show, a unit test that names "tag"."""

import re

ROW = re.compile(r'^DIAG\((\w+),\s*"([\w-]+)"', re.M)

# What no script is known to cause: LLVM refusing our own module.
WITHOUT_TEST = {"code-generation"}


def check(tree):
    problems = []
    rows = ROW.findall(tree.text("src/diag/diagnostics.def"))
    code = "\n".join(tree.text(path) for path in tree.sources((".h", ".cpp", ".re", ".yy"))
                     if not path.startswith("src/diag/"))
    tests = "\n".join(tree.text(path) for path in tree.files()
                      if path.startswith(("tests/golden/", "tests/runtime/", "tests/unit/"))).replace("\\", "")
    for name, tag in rows:
        if not re.search(rf"\bId::{name}\b", code):
            problems.append(f"src/diag/diagnostics.def: nothing raises {tag} ({name})")
        elif tag not in WITHOUT_TEST and f"[{tag}]" not in tests and f'"{tag}"' not in tests:
            problems.append(f"src/diag/diagnostics.def: no golden shows [{tag}]")
    tags = [tag for _, tag in rows]
    problems += [f"src/diag/diagnostics.def: two rows have the tag {tag}"
                 for tag in sorted({tag for tag in tags if tags.count(tag) > 1})]
    return problems
