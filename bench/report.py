"""bench/run's figures as a Markdown table, and into bench/README.md between its two markers."""

import pathlib
import statistics

README = pathlib.Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- figures: written by bench/run --readme -->\n", "<!-- end of figures -->\n"


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def _cell(value):
    if value is None:
        return "–"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _ratio(values, other):
    ours, theirs = values.get("scry"), values.get(other)
    return f"{ours / theirs:.2f}" if ours is not None and theirs and theirs > 0 else "–"


def markdown(results, names):
    """`results`: {work: {unit, values: {contender: figure}}}."""
    ratios = [name for name in ("usual", "best", "peer") if name in names]
    head = ["work", "unit", *names, *(f"scry ÷ {name}" for name in ratios)]
    lines = ["| " + " | ".join(head) + " |", "|---|---" + "|--:" * (len(head) - 2) + "|"]
    for work, row in results.items():
        cells = [_cell(row["values"].get(name)) for name in names]
        cells += [_ratio(row["values"], name) for name in ratios]
        lines.append("| " + " | ".join([f"`{work}`" if "(" in work else work, row["unit"], *cells]) + " |")
    return "\n".join(lines) + "\n"


def write_readme(table, machine):
    text = README.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}\n{machine}\n\n{table}\n{END}{after}")
