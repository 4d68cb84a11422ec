"""The small C programs that live cases trace."""

import pathlib
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "targets"


def build(directory):
    """Compiles tests/targets/*.c where they are newer than their programs."""
    directory.mkdir(parents=True, exist_ok=True)
    for source in sorted(SOURCES.glob("*.c")):
        program = directory / source.stem
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O1", "-g", "-fno-inline", "-fno-omit-frame-pointer", "-pthread",
                            str(source), "-o", str(program)], check=True)
