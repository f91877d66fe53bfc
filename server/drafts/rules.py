"""Pure decisions on drafts: who may begin one, its steps, and the states of its files and jobs."""

from enum import StrEnum

# Addresses under /organise that are pages of their own.
RESERVED_SLUGS = frozenset({"drafts", "trials", "new", "import", "archives", "discussions"})
MOST_PAGES = 20
MOST_FILES = 200
MOST_PHASES = 12
MOST_DRAFTS = 50
MOST_ATTEMPTS = 3
LONGEST_PAGE = 100_000


class Creators(StrEnum):
    """Who may create challenges."""

    ADMINISTRATORS = "administrators"
    MANAGERS = "managers"
    CONFIRMED = "confirmed"


class DraftState(StrEnum):
    """Where a draft stands: open to changes, made a challenge of, or given up.

    A mirror stands for a live challenge as it is: nobody writes it, its checks hang on it.
    """

    EDITING = "editing"
    LAUNCHED = "launched"
    DISCARDED = "discarded"
    MIRROR = "mirror"


class FileKind(StrEnum):
    """What a file of a draft is; answers are hidden, the rest is not."""

    DATA = "data"
    IMAGE = "image"
    SOLUTION = "solution"
    BASELINE = "baseline"


class FileState(StrEnum):
    """How far a file is: on its way, in its place, looked at, or found unreadable."""

    ARRIVING = "arriving"
    STORED = "stored"
    READ = "read"
    REFUSED = "refused"


class JobKind(StrEnum):
    """What a worker is to do with a draft."""

    LOOK = "look"
    CHECK = "check"
    LAUNCH = "launch"
    LIVE = "live"


class JobState(StrEnum):
    """Where a job stands: `failed` is ours, `refused` the organiser's to mend."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Step(StrEnum):
    """The steps of making a challenge, in their order."""

    ABOUT = "about"
    PAGES = "pages"
    DATA = "data"
    METRIC = "metric"
    PHASES = "phases"
    SOLUTION = "solution"
    TEAMS = "teams"
    RULES = "rules"
    BASELINES = "baselines"
    PEOPLE = "people"
    CHECK = "check"


def may_create(*, creators: Creators, is_admin: bool, confirmed: bool, manages_any: bool) -> bool:
    """Whether somebody may create challenges on this server."""
    if is_admin:
        return True
    match creators:
        case Creators.MANAGERS:
            return manages_any and confirmed
        case Creators.CONFIRMED:
            return confirmed
    return False
