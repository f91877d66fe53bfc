"""Files of a small challenge that an organiser makes in the browser: tell two petals apart."""

import random

TRAIN_ROWS, TEST_ROWS = 60, 160
KINDS = ("iris", "rose")
# The first answers of the solution that the organiser uploads first are wrong.
WRONG = 24
_draw = random.Random(20)
_LENGTHS = [round(_draw.uniform(1, 7), 2) for _row in range(TRAIN_ROWS + TEST_ROWS)]
# Longer petals are more often roses: there is something to learn, and never all of it.
_TRUTH = [KINDS[_draw.random() < length / 8] for length in _LENGTHS]
_TEST = _TRUTH[TRAIN_ROWS:]


def _table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


def _answers(kinds: list[str]) -> str:
    return _table("id,kind", [f"{number},{kind}" for number, kind in enumerate(kinds, 1)])


def _other(kind: str) -> str:
    return KINDS[kind == KINDS[0]]


def _turned(kinds: list[str], rows: range) -> list[str]:
    """Return answers of which those in some rows are turned round."""
    return [_other(kind) if row in rows else kind for row, kind in enumerate(kinds)]


TRAIN = _table(
    "id,length,kind",
    [f"t{row},{_LENGTHS[row]},{_TRUTH[row]}" for row in range(TRAIN_ROWS)],
)
TEST = _table("id,length", [f"{row + 1},{_LENGTHS[TRAIN_ROWS + row]}" for row in range(TEST_ROWS)])
SAMPLE = _answers([KINDS[0]] * TEST_ROWS)
CORRECTED = _answers(_TEST)
FIRST = _answers(_turned(_TEST, range(WRONG)))
BASELINE = _answers([KINDS[length > 4] for length in _LENGTHS[TRAIN_ROWS:]])
# Right by the true answers but for a few rows, and right by the wrong ones but for as many.
RIGHT = _answers(_turned(_TEST, range(100, 108)))
MISLED = _answers(_turned(_turned(_TEST, range(WRONG)), range(100, 106)))
FAR_OFF = _answers(_turned(_TEST, range(60, 130)))
