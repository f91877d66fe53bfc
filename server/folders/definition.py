"""What `challenge.toml` may say: every key with its type and its default, nothing else."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from scorers.kinds import InputKind
from scorers.metric_files.file import METRIC
from server.folders.course import Course
from server.folders.faults import one_of

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH = 60
RESERVED_PAGES = (
    "leaderboard",
    "universities",
    "submit",
    "submissions",
    "team",
    "compare",
    "shakeup",
    "news",
    "questions",
    "announcements",
    "registration",
    "grade",
)

_RELATIVE = re.compile(r"([+-])(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_EXAMPLE_TIME = "2026-12-31T16:00:00Z"


@dataclass(frozen=True)
class Clock:
    """What times in a definition are resolved against: relative ones only in a demo."""

    now: datetime
    allow_relative_times: bool = False


def _mistake(said: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("organiser", "{said}", {"said": said, "remedy": remedy})


def _relative_time(value: str, clock: Clock | None) -> datetime:
    found = _RELATIVE.fullmatch(value.strip())
    if found is None:
        raise _mistake(
            f'"{value}" is text, not a time.', f"Write a time without quotes: {_EXAMPLE_TIME}."
        )
    if clock is None or not clock.allow_relative_times:
        raise _mistake(
            f'"{value}" is relative to the day of deployment, which only a demo allows.',
            f"Write the time itself: {_EXAMPLE_TIME}.",
        )
    sign, amount, unit = found.groups()
    return clock.now + timedelta(**{_UNITS[unit]: int(sign + amount)})


def _read_time(value: object, info: ValidationInfo) -> datetime:
    if isinstance(value, str):
        value = _relative_time(value, info.context)
    if isinstance(value, date) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise _mistake(f"The year {value.year} can't be meant.", f"Write {_EXAMPLE_TIME} or so.")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(microsecond=0)
    if isinstance(value, datetime):
        raise _mistake("The time has no zone.", f"In UTC write {value.isoformat()}Z.")
    if isinstance(value, date):
        raise _mistake("A date is not a time.", f"Write {value.isoformat()}T00:00:00Z.")
    raise _mistake(f"{value!r} is not a time.", f"Write a time such as {_EXAMPLE_TIME}.")


def _read_line(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        raise _mistake("The text has an unprintable character.", "Write one line of plain text.")
    return value


def _read_id_column(value: object) -> object:
    columns = value if isinstance(value, list) else [value]
    if columns and all(isinstance(column, str) and column for column in columns):
        return value
    raise _mistake(
        "id_column is a column's name, or a list of names.",
        'Write id_column = "id" or id_column = ["patient", "visit"].',
    )


def _read_slug(value: object) -> object:
    if isinstance(value, str) and not is_slug(value):
        raise _mistake(
            f'"{value}" can\'t stand in an address.',
            "Use lowercase letters, digits and single hyphens,"
            f" at most {SLUG_LENGTH} characters, such as {as_slug(value)}.",
        )
    return value


def _read_page(value: object) -> object:
    if isinstance(value, str) and value.endswith(".md"):
        raise _mistake("A page is named without .md.", f'Write "{value.removesuffix(".md")}".')
    if isinstance(value, str) and value in RESERVED_PAGES:
        raise _mistake(
            f'"{value}" is a tab that every challenge has.',
            f"Give the page another name than {', '.join(RESERVED_PAGES)}.",
        )
    return _read_slug(value)


def _read_scorer(value: object) -> object:
    if isinstance(value, str) and value.endswith(".py") and value != METRIC:
        raise _mistake(
            f'A metric of your own is called {METRIC}, not "{value}".',
            f'Put it into {METRIC} and write scorer = "{METRIC}".',
        )
    return value


def _read_also(value: object) -> object:
    if isinstance(value, str) and value.endswith(".py"):
        raise _mistake(
            f"{value} can't be shown beside another scorer.",
            f'Rank by it, with scorer = "{METRIC}", or name a scorer that is installed.',
        )
    return value


def _read_input(value: object) -> object:
    kinds = [kind.value for kind in InputKind]
    if isinstance(value, str) and value not in kinds:
        raise _mistake(f'There is no kind of input "{value}".', one_of(value, kinds))
    return value


def is_slug(name: str) -> bool:
    """Tell whether a name can stand in an address as it is."""
    return len(name) <= SLUG_LENGTH and SLUG.fullmatch(name) is not None


def as_slug(name: str) -> str:
    """Return the slug that comes nearest to a name."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:SLUG_LENGTH].strip("-") or "a"


def as_title(slug: str) -> str:
    """Return what a page or a phase is called when only its slug is known."""
    return slug.replace("-", " ").capitalize()


Time = Annotated[datetime, BeforeValidator(_read_time)]
Slug = Annotated[str, BeforeValidator(_read_slug)]
PageSlug = Annotated[str, BeforeValidator(_read_page)]
Line = Annotated[str, BeforeValidator(_read_line)]
Text = Annotated[Line, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Submission(_Section):
    """What a submitted file looks like."""

    sample: Text
    id_column: Annotated[str | list[str], BeforeValidator(_read_id_column)] = "id"
    labels: list[Line] | None = None
    max_bytes: Count = 20_000_000

    @property
    def id_columns(self) -> tuple[str, ...]:
        """The columns that make up a row's key."""
        return (self.id_column,) if isinstance(self.id_column, str) else tuple(self.id_column)


class Scoring(_Section):
    """How a submission is scored."""

    scorer: Annotated[Text, BeforeValidator(_read_scorer)]
    params: dict[str, Any] = {}
    also: list[Annotated[Text, BeforeValidator(_read_also)]] = []
    input: Annotated[str, BeforeValidator(_read_input)] | None = None
    unit_column: Text | None = None


class Teams(_Section):
    """Who may compete together."""

    max_size: Count = 4
    same_university: bool = True
    join: Literal["open", "approval", "invited"] = "open"
    lock_at: Time | None = None


class SplitDefinition(_Section):
    """What decides which rows of a solution are public, where it has no Usage column."""

    by: Literal["rows", "group", "time", "column"]
    column: Text | None = None
    public: Annotated[list[Line], Field(min_length=1)] | None = None


class Registration(_Section):
    """Whether the organisers decide who takes part, and what they ask of whoever would."""

    mode: Literal["open", "approval"] = "open"
    ask: Annotated[list[Text], Field(max_length=10)] = []


class PhaseDefinition(_Section):
    """A round: its times, its quotas, its solution, and how it ranks."""

    slug: Slug
    title: Annotated[Line, Field(max_length=200)] = ""
    starts: Time
    ends: Time
    solution: Text
    public_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    split: SplitDefinition | None = None
    per_day: Count = 5
    total: Count = 100
    ranking: Literal["best", "latest", "selected", "ladder"] = "best"
    select: Count = 2
    reveal: Literal["at_end", "by_organiser"] = "at_end"
    admit_top: Count | None = None

    @model_validator(mode="after")
    def _name_itself(self) -> Self:
        if not self.title:
            object.__setattr__(self, "title", as_title(self.slug))
        return self


class Privacy(_Section):
    """What the data says of people, and whom to ask about it."""

    personal_data: bool | None = None
    contact: Annotated[Line, Field(max_length=200)] = ""
    statement: Annotated[str, Field(max_length=2000)] = ""


class FileDefinition(_Section):
    """What is said of a file in data/; the files stand in the order of these."""

    name: Text
    description: Annotated[Line, Field(max_length=500)] = ""


class BaselineDefinition(_Section):
    """A reference submission of the organiser's."""

    name: Text
    phase: str
    file: Text


class Definition(_Section):
    """A whole `challenge.toml`."""

    title: Text
    summary: Annotated[Line, Field(max_length=500)] = ""
    host: Annotated[Line, Field(max_length=200)] = ""
    tags: list[Text] = []
    pages: list[PageSlug] | None = None
    visibility: Literal["public", "unlisted", "university", "invited"] = "public"
    licence: Annotated[Line, Field(max_length=200)] = ""
    citation: Annotated[str, Field(max_length=2000)] = ""
    privacy: Privacy = Privacy()
    submission: Submission
    scoring: Scoring
    teams: Teams = Teams()
    registration: Registration = Registration()
    phases: Annotated[list[PhaseDefinition], Field(min_length=1)]
    baselines: list[BaselineDefinition] = []
    files: list[FileDefinition] = []
    course: Course | None = None
