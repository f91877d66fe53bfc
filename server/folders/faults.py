"""What is wrong with a challenge folder, said so that its organiser can put it right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from scorers.sentences import Sentence, sentence
from server.folders.toml_lines import KeyPath

DEFINITION_FILE = "challenge.toml"


class Problem(NamedTuple):
    """A mistake in the definition, before its line is known."""

    path: KeyPath
    message: Sentence
    remedy: Sentence


@dataclass(frozen=True)
class FolderFault:
    """One mistake: where it stands, what it is, and what to do about it."""

    file: str
    line: int | None
    key: str | None
    message: Sentence
    remedy: Sentence
    column: int | None = None

    @property
    def place(self) -> str:
        """Say where the mistake stands: file, line, column and key, as far as they are known."""
        parts = [self.file]
        parts += [f"line {self.line}"] if self.line is not None else []
        parts += [f"column {self.column}"] if self.column is not None else []
        parts += [self.key] if self.key else []
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.remedy}".rstrip()


class InvalidFolder(Exception):
    """The organiser's mistakes in a challenge folder, all of them at once."""

    def __init__(self, faults: Iterable[FolderFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def key_text(path: KeyPath) -> str:
    """Write a key path as people do: ("phases", 0, "ends") is phases[0].ends."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most likely means."""
    found = get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def one_of(name: str, known: Iterable[str]) -> Sentence:
    """Say which name is probably meant, or which there are."""
    names = list(known)
    meant, choices = nearest(name, names), ", ".join(names)
    if meant is None:
        return sentence("Known: %(names)s.", names=choices)
    return sentence('Did you mean "%(meant)s"? Known: %(names)s.', meant=meant, names=choices)


def repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the names that stood there before, with their positions."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index, name
        seen.add(name)


def mistake(said: Sentence, remedy: Sentence) -> PydanticCustomError:
    """Return what a validator raises, to be told in the words of whoever wrote the file."""
    return PydanticCustomError("organiser", "{said}", {"said": said, "remedy": remedy})
