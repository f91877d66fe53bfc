"""The month that the demo shows: who uploaded what, when, and what they wrote beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from server.cli.demo.cast import Person, University
from server.cli.demo.catalogue import CATALOGUE, Recipe
from server.cli.demo.comments import FILENAMES, comment, filename, repair_comment
from server.cli.demo.crews import TOP_SKILL, Crew, class_of, crews
from server.cli.demo.features import TASKS
from server.cli.demo.mistakes import POSSIBLE, Mistake
from server.cli.demo.models import ModelPlan
from server.cli.demo.windows import PhaseWindow, bundled_windows, moments

ATTEMPTS = (1, 2, 2, 3, 3, 4, 4)
SHOWN_ATTEMPTS = (4, 5)
CLASS_ATTEMPTS = (1, 2, 2, 2, 3)
SECOND_BOARD_ATTEMPTS = (1, 1, 2, 2, 3)
COMES_TO_SECOND_BOARD = 0.75
MISTAKE = 0.1
# Places on the class's list: who never handed in, and who sent the last file so many days late.
NEVER, LATE = (12,), {3: 1, 9: 2}
# Shares of the training rows; of a series, the latest ones.
SHARES, RECENT_SHARES = (1.0, 0.9, 0.8, 0.7), (1.0, 0.6, 0.4, 0.3)


@dataclass(frozen=True)
class PlannedTeam:
    """A team of one challenge; its captain is the first member."""

    challenge: str
    name: str
    university: University
    members: tuple[Person, ...]


@dataclass(frozen=True)
class PlannedSubmission:
    """One upload; it is refused where its model has a mistake."""

    team: PlannedTeam
    phase: str
    by: Person
    at: datetime  # aware, UTC
    model: ModelPlan
    comment: str
    filename: str

    @property
    def challenge(self) -> str:
        """The challenge's slug."""
        return self.team.challenge


def plan(
    now: datetime, seed: int, windows: Sequence[PhaseWindow] | None = None
) -> list[PlannedSubmission]:
    """Every submission until `now`, in the order of time; the same for the same arguments.

    Without `windows`, the bundled challenges are taken as deployed at `now`.
    """
    rng = Random(seed)  # noqa: S311 (a story, not a secret)
    every = bundled_windows(now) if windows is None else windows
    begun = sorted((w for w in every if w.starts < now), key=lambda w: (w.challenge, w.starts))
    contests = [window for window in begun if not window.invited]
    cast = crews(rng, sorted({window.challenge for window in contests}), FILENAMES)
    written = [line for window in contests for line in phase_story(rng, window, cast, now)]
    classes = [window for window in begun if window.invited]
    written += [line for window in classes for line in class_story(rng, window, now)]
    return sorted(written, key=lambda line: (line.at, line.team.name))


def teams_of(submissions: Sequence[PlannedSubmission]) -> list[PlannedTeam]:
    """The teams behind the submissions, in the order of their first one."""
    return list(dict.fromkeys(line.team for line in submissions))


def phase_story(
    rng: Random, window: PhaseWindow, cast: Sequence[Crew], now: datetime
) -> list[PlannedSubmission]:
    """What happens in one phase: all who entered the challenge, fewer on a second board."""
    deck = Deck(rng, window)
    lines = []
    for crew in cast:
        if window.challenge in crew.challenges and (
            window.first or rng.random() < COMES_TO_SECOND_BOARD or crew.shown
        ):
            lines += team_story(rng, window, crew, deck, now)
    return lines


def class_story(rng: Random, window: PhaseWindow, now: datetime) -> list[PlannedSubmission]:
    """What the students of a course hand in: nearly all in time, two late, one nothing."""
    deck = Deck(rng, window)
    lines = []
    for place, student in enumerate(class_of(rng, window.challenge, FILENAMES)):
        sent = [] if place in NEVER else team_story(rng, window, student, deck, now)
        lines += handed_in_late(sent, window, LATE[place]) if place in LATE else sent
    return lines


def handed_in_late(
    sent: list[PlannedSubmission], window: PhaseWindow, days: int
) -> list[PlannedSubmission]:
    """The same, with the last file sent on a late day; those who hurry so make no mistake."""
    *before, last = [line for line in sent if line.model.mistake is None]
    return [*before, replace(last, at=window.ends + timedelta(days=days - 0.4))]


class Deck:
    """The models nobody has taken yet in a phase, by stage: no two teams train the same one."""

    def __init__(self, rng: Random, window: PhaseWindow) -> None:
        shares = RECENT_SHARES if TASKS[window.challenge].recent_rows else SHARES
        self.rng, self.window = rng, window
        self.stages: dict[int, list[tuple[Recipe, float]]] = defaultdict(list)
        for recipe in CATALOGUE[window.challenge]:
            self.stages[recipe.stage] += [(recipe, share) for share in shares]
        for cards in self.stages.values():
            rng.shuffle(cards)

    def draw(self, stage: int) -> ModelPlan:
        """A model of the stage, or of the nearest one that has any left.

        Raises: ValueError when every model has been taken.
        """
        left = [known for known, cards in self.stages.items() if cards]
        nearest = min(left, key=lambda known: (abs(known - stage), known))
        recipe, share = self.stages[nearest].pop()
        seed = self.rng.randrange(2**16)
        return ModelPlan(self.window.challenge, self.window.phase, recipe, share, seed)


def team_story(
    rng: Random, window: PhaseWindow, crew: Crew, deck: Deck, now: datetime
) -> list[PlannedSubmission]:
    """One team's uploads in a phase."""
    members = crew.members[: window.max_size]
    team = PlannedTeam(window.challenge, crew.name, crew.university, members)
    wanted = rng.choice(attempts_of(window, crew))
    offset = crew.university.utc_offset
    times = moments(rng, window, count=wanted, until=now, utc_offset=offset)
    lines = []
    for number, at in enumerate(times, start=1):
        stage = stage_of(crew, window, number, len(times))
        model = deck.draw(stage)
        note = comment(
            rng,
            model.recipe,
            country=crew.university.country,
            number=number,
            count=len(times),
            fresh_board=not window.first,
        )
        name = filename(crew.filenames, model.recipe, number)
        line = PlannedSubmission(team, window.phase, rng.choice(members), at, model, note, name)
        lines += with_mistake(rng, line) if rng.random() < MISTAKE else [line]
    return lines


def attempts_of(window: PhaseWindow, crew: Crew) -> tuple[int, ...]:
    """How many uploads a team may have in a phase, each as likely as the others."""
    if window.invited:
        return CLASS_ATTEMPTS[-1:] if crew.shown else CLASS_ATTEMPTS
    if crew.shown:
        return SHOWN_ATTEMPTS
    return ATTEMPTS if window.first else SECOND_BOARD_ATTEMPTS


def stage_of(crew: Crew, window: PhaseWindow, number: int, count: int) -> int:
    """Teams begin simply and end at their best; on a second board they are there already."""
    if not window.first:
        return min(TOP_SKILL, crew.skill + 1)
    return round(crew.skill * number / count) if count > 1 else min(crew.skill, 1)


def with_mistake(rng: Random, line: PlannedSubmission) -> list[PlannedSubmission]:
    """The upload spoilt by a mistake, and the same predictions repaired some minutes later."""
    mistake: Mistake = rng.choice(POSSIBLE[line.challenge])
    spoilt = replace(line, model=replace(line.model, mistake=mistake))
    later = line.at + timedelta(minutes=rng.randint(4, 25), seconds=rng.randrange(60))
    note = repair_comment(rng, line.model.recipe, mistake)
    stem = line.filename.removesuffix(".csv")
    return [spoilt, replace(line, at=later, comment=note, filename=f"{stem}_fixed.csv")]
