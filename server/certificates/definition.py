"""A standard as it is written: in a TOML file, or in the form that the browser sends."""

import tomllib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from server.certificates.levels import Aim, Condition, Level, Levels, Named
from server.shared.errors import N_, FieldError, Invalid

MOST_CONDITIONS = 8
MOST_CHALLENGES = 100
LARGEST = 100_000


class ConditionDefinition(BaseModel):
    """A condition of a level; a challenge is `slug`, `slug/phase`, and ` = baseline` after it."""

    model_config = ConfigDict(extra="forbid")

    test: Aim
    challenges: list[str] = Field(min_length=1, max_length=MOST_CHALLENGES)
    at_least: int = Field(1, ge=1)
    fields: int = Field(0, ge=0)
    percent: str = "10"

    @field_validator("percent", mode="before")
    @classmethod
    def _as_written(cls, value: Any) -> str:
        text = str(value).strip().removesuffix("%").strip()
        whole, _, part = text.partition(".")
        digits = whole.isascii() and whole.isdigit() and (not part or part.isdigit())
        if not digits or len(text) > 8 or not 0 < float(text) <= 100:
            raise ValueError("a share is a number above 0 and up to 100 per cent")
        return text

    def condition(self) -> Condition:
        """Return the condition as it is judged by."""
        named = tuple(named_in(line) for line in self.challenges)
        return Condition(self.test, named, self.at_least, self.fields, self.percent)


class StandardDefinition(BaseModel):
    """A standard: who stands behind it, and what each of its levels asks for."""

    model_config = ConfigDict(extra="forbid")

    slug: str
    title: str = Field(min_length=1, max_length=200)
    issuer: str = Field(min_length=1, max_length=200)
    summary: str = Field("", max_length=1000)
    elementary: list[ConditionDefinition] = Field(default=[], max_length=MOST_CONDITIONS)
    intermediate: list[ConditionDefinition] = Field(default=[], max_length=MOST_CONDITIONS)
    advanced: list[ConditionDefinition] = Field(default=[], max_length=MOST_CONDITIONS)

    def stored(self) -> dict[str, Any]:
        """Return what is kept of the levels."""
        return {
            level.value: [one.model_dump(mode="json") for one in getattr(self, level.value)]
            for level in Level
            if getattr(self, level.value)
        }

    def named(self) -> list[Named]:
        """Return every challenge that some condition names, each as often as it is named."""
        levels = levels_of(self.stored())
        return [n for conditions in levels.values() for c in conditions for n in c.challenges]


def levels_of(stored: dict[str, Any]) -> Levels:
    """Return the levels that were kept."""
    return {
        Level(level): [ConditionDefinition.model_validate(one).condition() for one in conditions]
        for level, conditions in stored.items()
    }


def named_in(line: str) -> Named:
    """Return a challenge as a condition names it.

    >>> named_in("digits/b = logistic regression")
    Named(challenge='digits', phase='b', baseline='logistic regression')
    """
    place, _, baseline = line.partition("=")
    challenge, _, phase = place.strip().partition("/")
    return Named(challenge.strip(), phase.strip(), baseline.strip())


def written(named: Named) -> str:
    """Return a challenge as `named_in` reads it."""
    place = f"{named.challenge}/{named.phase}" if named.phase else named.challenge
    return f"{place} = {named.baseline}" if named.baseline else place


def read_standard(data: bytes) -> StandardDefinition:
    """Read a standard from a TOML file. Raises Invalid, with every fault that it has."""
    if len(data) > LARGEST:
        raise Invalid(N_("The file is too large to be a standard."))
    try:
        return define(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise Invalid(N_("The file is no text in UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(N_("The file is no TOML: %(reason)s"), reason=str(error)) from error


def define(values: dict[str, Any]) -> StandardDefinition:
    """Return a standard from its values. Raises Invalid, with every fault that it has."""
    try:
        found = StandardDefinition.model_validate(values)
    except ValidationError as error:
        faults = tuple(_fault(one) for one in error.errors())
        raise Invalid(N_("The standard can't be used as it is."), errors=faults) from error
    faults = tuple(_impossible(found))
    if not found.stored():
        faults = (FieldError("elementary", N_("A standard has at least one condition.")),)
    if faults:
        raise Invalid(N_("The standard can't be used as it is."), errors=faults)
    return found


def _fault(error: Any) -> FieldError:
    said = str(error["msg"]).removeprefix("Value error, ")
    return FieldError(".".join(str(part) for part in error["loc"]), said)


def _impossible(found: StandardDefinition) -> list[FieldError]:
    """Return the conditions that ask for more challenges than they name."""
    faults = []
    for level in Level:
        for number, one in enumerate(getattr(found, level.value)):
            where = f"{level.value}.{number}"
            named = [named_in(line) for line in one.challenges]
            if len({(n.challenge, n.phase) for n in named}) < len(named):
                faults.append(FieldError(where, N_("A challenge stands there twice.")))
            if max(one.at_least, one.fields) > len(named):
                faults.append(FieldError(where, N_("It asks for more challenges than it names.")))
    return faults
