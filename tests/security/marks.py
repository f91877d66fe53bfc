"""The marks that hidden things carry, in every form in which a page could write them."""

import re

# What no page may ever show: a label and numbers that only the solutions hold.
HIDDEN_LABEL = "CANARY-LABEL-q7x"
HIDDEN_NUMBERS = (987654321.125, 876543219.25, 765432198.375)
DIGITS_SOLUTION = (
    "id,digit,Usage\n1,0,Public\n2,1,Public\n"
    f"3,{HIDDEN_LABEL},Public\n4,{HIDDEN_LABEL},Private\n5,2,Private\n6,1,Private\n"
)
TIDES_SOLUTION = "id,height,Usage\n" + "".join(
    f"{row},{HIDDEN_NUMBERS[row % 3]},{'Public' if row < 4 else 'Private'}\n" for row in range(1, 7)
)
# Private scores: value, ends of the interval, a secondary value.
PRIVATE = (
    (0.123456789, 0.113355779, 0.133557799, 0.167676767),
    (0.234567891, 0.224466881, 0.244668911, 0.278787878),
)
PRIVATE_ELSEWHERE = (3.345678912, 3.335577922, 3.355779933, 3.389898989)
# A script that somebody wrote into every text that people may write.
SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def _forms(value: float) -> set[str]:
    """Return a number as exports, JSON and pages write it; five digits are no accident."""
    rounded = {f"{value:.{places}f}" for places in range(4, 10)} | {f"{value:,.1f}", repr(value)}
    return {text for text in rounded if len(text.replace(".", "").lstrip("0")) >= 4}


def _pattern(values: list[float], more: tuple[str, ...] = ()) -> re.Pattern[str]:
    texts = sorted({form for value in values for form in _forms(value)} | set(more))
    return re.compile("|".join(f"(?<![0-9]){re.escape(text)}" for text in texts))


SOLUTION_MARKS = _pattern(list(HIDDEN_NUMBERS), (HIDDEN_LABEL, "987654321", "987,654,321"))
PRIVATE_MARKS = _pattern([number for scores in (*PRIVATE, PRIVATE_ELSEWHERE) for number in scores])
