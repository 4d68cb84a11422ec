"""Diagnostics: each row of diagnostics.def is raised somewhere and hit by a golden."""

import re

ROW = re.compile(r'^DIAG\((\w+),\s*"([\w-]+)"', re.M)


def check(tree):
    problems = []
    rows = ROW.findall(tree.text("src/diag/diagnostics.def"))
    code = "\n".join(tree.text(path) for path in tree.sources((".h", ".cpp", ".re", ".yy"))
                     if not path.startswith("src/diag/"))
    goldens = "\n".join(tree.text(path) for path in tree.files() if path.startswith("tests/golden/"))
    for name, tag in rows:
        if not re.search(rf"\bId::{name}\b", code):
            problems.append(f"src/diag/diagnostics.def: nothing raises {tag} ({name})")
        elif f"[{tag}]" not in goldens:
            problems.append(f"src/diag/diagnostics.def: no golden shows [{tag}]")
    tags = [tag for _, tag in rows]
    problems += [f"src/diag/diagnostics.def: two rows have the tag {tag}"
                 for tag in sorted({tag for tag in tags if tags.count(tag) > 1})]
    return problems
