"""Files that students of the wine challenge send."""

from pathlib import Path

HEADER = "id,cultivar"


def solution_of(folder: Path) -> dict[str, str]:
    """Return the true cultivar of each id: what only the tests may know."""
    lines = (folder / "private" / "solution.csv").read_text().split()[1:]
    return dict(line.split(",") for line in lines)


def right_but_for(folder: Path, wrong: int) -> str:
    """Return a file in which every n-th wine of some is given to the next cultivar."""
    rows = []
    for number, (row, label) in enumerate(solution_of(folder).items()):
        shift = 1 if number % 3 == 0 and number < 3 * wrong else 0
        rows.append(f"{row},class_{(int(label[-1]) + shift) % 3}")
    return "\n".join([HEADER, *rows, ""])


def with_faults(folder: Path) -> str:
    """Return a file with an unknown label in line 4 and without a label in line 6."""
    lines = right_but_for(folder, 0).splitlines()
    lines[3] = lines[3].split(",")[0] + ",Merlot"
    lines[5] = lines[5].split(",")[0] + ","
    return "\n".join([*lines, ""])
