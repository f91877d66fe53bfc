"""What `challenge.toml` may say: every key with its type and its default, nothing else."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scorers.kinds import InputKind
from scorers.metric_files.file import METRIC
from scorers.sentences import sentence
from server.folders.course import Course
from server.folders.faults import mistake, one_of
from server.folders.times import Time

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


def _read_line(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        raise mistake(
            sentence("The text has an unprintable character."),
            sentence("Write one line of plain text."),
        )
    return value


def _read_id_column(value: object) -> object:
    columns = value if isinstance(value, list) else [value]
    if columns and all(isinstance(column, str) and column for column in columns):
        return value
    raise mistake(
        sentence("id_column is a column's name, or a list of names."),
        sentence('Write id_column = "id" or id_column = ["patient", "visit"].'),
    )


def _read_slug(value: object) -> object:
    if isinstance(value, str) and not is_slug(value):
        raise mistake(
            sentence('"%(text)s" can\'t stand in an address.', text=value),
            sentence(
                "Use lowercase letters, digits and single hyphens, at most %(count)s characters,"
                " such as %(other)s.",
                count=SLUG_LENGTH,
                other=as_slug(value),
            ),
        )
    return value


def _read_page(value: object) -> object:
    if isinstance(value, str) and value.endswith(".md"):
        remedy = sentence('Write "%(text)s".', text=value.removesuffix(".md"))
        raise mistake(sentence("A page is named without .md."), remedy)
    if isinstance(value, str) and value in RESERVED_PAGES:
        raise mistake(
            sentence('"%(name)s" is a tab that every challenge has.', name=value),
            sentence("Give the page another name than %(names)s.", names=", ".join(RESERVED_PAGES)),
        )
    return _read_slug(value)


def _read_scorer(value: object) -> object:
    if isinstance(value, str) and value.endswith(".py") and value != METRIC:
        raise mistake(
            sentence('A metric of your own is called metric.py, not "%(name)s".', name=value),
            sentence('Put it into metric.py and write scorer = "metric.py".'),
        )
    return value


def _read_also(value: object) -> object:
    if isinstance(value, str) and value.endswith(".py"):
        raise mistake(
            sentence("%(name)s can't be shown beside another scorer.", name=value),
            sentence('Rank by it, with scorer = "metric.py", or name a scorer that is installed.'),
        )
    return value


def _read_input(value: object) -> object:
    kinds = [kind.value for kind in InputKind]
    if isinstance(value, str) and value not in kinds:
        raise mistake(
            sentence('There is no kind of input "%(name)s".', name=value), one_of(value, kinds)
        )
    return value


def is_slug(name: str) -> bool:
    """Tell whether a name can stand in an address as it is."""
    return len(name) <= SLUG_LENGTH and SLUG.fullmatch(name) is not None


def as_slug(name: str, *, otherwise: str = "a") -> str:
    """Return the slug that comes nearest to a name; a name in another script comes near to none."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:SLUG_LENGTH].strip("-") or otherwise


def as_title(slug: str) -> str:
    """Return what a page or a phase is called when only its slug is known."""
    return slug.replace("-", " ").capitalize()


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
    usage: Text | None = None
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
