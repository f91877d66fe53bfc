"""What a template said once of marks, to be filled with the words of many."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

# Characters that belong to nobody: each stands for one of the words.
FIRST_MARK = 0xE000
MARK = re.compile("[\ue000-\uf8ff]")


class Pattern(NamedTuple):
    """A text with %s in the place of its words, and which word each is."""

    text: str
    words: Callable[[Sequence[object]], object]

    def filled(self, words: Sequence[object]) -> str:
        """Return the text with the words, which must be escaped, in their places."""
        return self.text % self.words(words)


def marks(number: int) -> list[str]:
    """Return so many marks, for the first words in their order."""
    return [chr(FIRST_MARK + index) for index in range(number)]


def pattern_of(text: str) -> Pattern:
    """Return the pattern of a text that was said of marks."""
    words = [ord(mark) - FIRST_MARK for mark in MARK.findall(text)]
    return Pattern(MARK.sub("%s", text.replace("%", "%%")), itemgetter(*words))
