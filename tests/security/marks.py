"""The marks that hidden things carry, in every form in which a page could write them."""

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


UNROUNDED = 10


class Marks:
    """Texts to look for; plain searches, because pages are long and many."""

    def __init__(self, values: list[float], more: tuple[str, ...] = ()) -> None:
        self.texts = sorted({form for value in values for form in _forms(value)} | set(more))

    def search(self, text: str, *, rounded: bool = True) -> str | None:
        """Return the first mark that begins a number or a word of a text.

        Pages round numbers; where nothing does (feeds, measures, logs), only long marks count:
        a short one is sooner or later the beginning of some duration.
        """
        marks = (mark for mark in self.texts if rounded or len(mark) >= UNROUNDED)
        return next((mark for mark in marks if self._begins(mark, text)), None)

    @staticmethod
    def _begins(mark: str, text: str) -> bool:
        at = text.find(mark)
        while at > 0 and text[at - 1].isdigit():
            at = text.find(mark, at + 1)
        return at >= 0


SOLUTION_MARKS = Marks(list(HIDDEN_NUMBERS), (HIDDEN_LABEL, "987654321", "987,654,321"))
PRIVATE_MARKS = Marks([number for scores in (*PRIVATE, PRIVATE_ELSEWHERE) for number in scores])
CODE_MARK = "CANARY-CODE-v3q"
CODE = f"""
higher_is_better = True
def score(truth, prediction) -> float:
    return len("{CODE_MARK}")
"""
