"""Rooms: who may include whom (the house's plan is src/README.md)."""

import re

GROUND = ["base", "diag", "types", "lang", "kernel", "target", "plan"]
MAY_INCLUDE = {
    "src/base": [],
    "src/diag": ["base"],
    "src/types": ["base"],
    "src/lang": ["base", "types"],
    "src/kernel": ["base", "types"],
    "src/target": ["base", "types"],
    "src/plan": ["base", "types", "lang"],
    "grammar": ["base", "diag", "lang", "ast"],
    "src/ast": ["base"],
    "src/cdefs": ["base", "diag", "types"],
    "src/hir": ["base", "types", "lang"],
    "src/sema": ["base", "diag", "types", "lang", "kernel", "target", "ast", "cdefs", "hir"],
    "src/codegen": ["base", "diag", "types", "lang", "hir", "plan"],
    "src/driver/runner": [*GROUND, "runtime"],
    "src/driver/cli": [*GROUND, "runtime"],
    "src/driver": [*GROUND, "grammar", "ast", "cdefs", "hir", "sema", "codegen", "runtime"],
    "runtime": GROUND,
}
# Headers of libraries, and the rooms that alone may know them.
LIBRARIES = {
    r"llvm(-c)?/|clang(-c)?/": ["src/codegen"],
    r"bpf/": ["src/kernel", "runtime"],
    r"(libelf|gelf|dwarf|elfutils/.*)\b": ["src/target"],
    r"nlohmann/": ["src/diag", "src/driver", "src/driver/cli", "src/lang", "src/plan", "runtime"],
}
ROOM_NAMES = {room.removeprefix("src/").split("/")[0] for room in MAY_INCLUDE}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def room_of(path):
    """The longest room that holds the file."""
    rooms = [room for room in MAY_INCLUDE if path.startswith(room + "/")]
    return max(rooms, key=len) if rooms else None


def check(tree):
    problems = []
    for path in tree.sources((".h", ".cpp", ".re", ".yy", ".def")):
        room = room_of(path)
        if room is None:
            continue
        own = room.removeprefix("src/").split("/")[0]
        allowed = {own, *MAY_INCLUDE[room]}
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            ours, library = match.groups()
            if ours:
                included = ours.split("/")[0]
                if "/" not in ours or included not in ROOM_NAMES:
                    problems.append(f"{path}:{number}: \"{ours}\" does not start with a room's name")
                elif included not in allowed:
                    problems.append(f"{path}:{number}: {room} may not include {included}/")
                continue
            for pattern, rooms in LIBRARIES.items():
                if re.match(pattern, library) and room not in rooms:
                    problems.append(f"{path}:{number}: <{library}> is for {' and '.join(rooms)} only")
    return problems
