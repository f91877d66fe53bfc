"""What is told to people: English texts that know what they were made of, for the translators."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

_NONE: Mapping[str, str] = MappingProxyType({})


class Sentence(str):
    """An English text, with the message of the catalogues that it was made of.

    `message`: with `%(name)s` places; empty where nothing is to be translated. `values`: what
    stands in the places, other sentences among it. `codes`: the kinds of faults it tells of.
    """

    __slots__ = ("codes", "message", "values")

    message: str
    values: Mapping[str, str]
    codes: tuple[str, ...]

    def __new__(  # noqa: D102 - what the class says
        cls,
        text: str,
        message: str = "",
        values: Mapping[str, str] = _NONE,
        codes: Sequence[str] = (),
    ) -> Self:
        made = super().__new__(cls, text)
        made.message, made.values, made.codes = message, values, tuple(codes)
        return made

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (str(self), self.message, dict(self.values), self.codes)

    def to_json(self) -> str | dict[str, Any]:
        """The sentence in JSON's types; a text alone where nothing is to be translated."""
        if not self.message and not self.codes:
            return str(self)
        values = {name: to_json(value) for name, value in self.values.items()}
        return {
            "text": str(self),
            "message": self.message,
            "values": values,
            "codes": list(self.codes),
        }


NOTHING = Sentence("")


def sentence(message: str, **values: object) -> Sentence:
    """Fill in a message: whole numbers with commas, other numbers in their shortest form."""
    written = {name: _written(value) for name, value in values.items()}
    return Sentence(message % written if written else message, message, written)


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


# Two of several that are listed; the catalogues say what stands between them.
AND_NEXT = sentence("%(first)s, %(second)s", first="", second="").message


def enumerated(names: Iterable[str]) -> Sentence:
    """Say names one after the other, with commas, or with what a language has in their place."""
    told = {str(number): name for number, name in enumerate(names)}
    return Sentence(", ".join(told.values()), AND_NEXT if len(told) > 1 else "", told)


def filled(said: str, message: str, values: Mapping[str, str]) -> str:
    """Fill what a catalogue says for a message with a sentence's values, said in its language."""
    if message == AND_NEXT:
        return (said % {"first": "", "second": ""}).join(values.values())
    return said % values if values else said


def as_written(text: str) -> Sentence:
    """Return a text that is the same in every language: a name, or what a library said."""
    return text if isinstance(text, Sentence) else Sentence(text)


def known(text: str) -> Sentence:
    """Return a text that the catalogues have from elsewhere, such as a scorer's title."""
    return Sentence(text, text)


def together(first: Sentence, *others: Sentence) -> Sentence:
    """Say one sentence after the other."""
    for other in others:
        first = sentence("%(first)s %(second)s", first=first, second=other)
    return first


def said_by(error: Exception) -> Sentence:
    """Return what an exception says, as the sentence that it was raised with where it was one."""
    told = error.args[0] if len(error.args) == 1 else None
    return told if isinstance(told, Sentence) else as_written(str(error))


def to_json(text: str) -> str | dict[str, Any]:
    """A sentence, or a plain text, in JSON's types."""
    return text.to_json() if isinstance(text, Sentence) else text


def from_json(raw: str | Mapping[str, Any]) -> str:
    """The text that `to_json` wrote."""
    if isinstance(raw, str):
        return raw
    values = {name: from_json(value) for name, value in raw["values"].items()}
    return Sentence(raw["text"], raw["message"], values, raw["codes"])
