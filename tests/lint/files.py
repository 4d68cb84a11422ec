"""Files: short enough to scroll, named and spaced alike."""

import re

LONGEST = 600  # lines; style asks for about 500
CODE = (".h", ".cpp", ".re", ".yy", ".py", ".c")
NAME = re.compile(r"^[a-z0-9_.]+$")


def check(tree):
    problems = []
    for path in tree.files():
        name = path.rsplit("/", 1)[-1]
        is_script = "." not in name and path.startswith(("scripts/", "tests/", "bench/"))
        if not path.endswith(CODE) and not is_script:
            continue
        lines = tree.lines(path)
        if len(lines) > LONGEST:
            problems.append(f"{path}: {len(lines)} lines; split it by construct (at most {LONGEST})")
        if not NAME.match(name):
            problems.append(f"{path}: names of files are snake_case")
        for number, line in enumerate(lines, 1):
            if line.rstrip() != line:
                problems.append(f"{path}:{number}: blanks at the end of the line")
            if "\t" in line and not path.endswith((".re", ".yy")) and not is_script:
                problems.append(f"{path}:{number}: a tab")
    return problems
