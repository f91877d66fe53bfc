"""How far somebody is with the levels of standards, and what is missing for the next."""

from typing import NamedTuple

from sqlmodel import Session

from server.certificates.evidence import Evidence, evidence_of, outcomes_of, teams_of
from server.certificates.levels import (
    Level,
    Named,
    Outcome,
    Progress,
    baseline_value,
    level_reached,
    progress_of,
)
from server.certificates.models import Certificate, Standard
from server.certificates.queries import (
    about_standard,
    certificate_of,
    challenges_named,
    standards,
)
from server.challenges.models import Challenge
from server.challenges.queries import phases_of, sees
from server.shared.access import Viewer

# By the short names of a challenge and of a phase of it; without the second, the challenge's.
Titles = dict[tuple[str, str], str]


class InChallenge(NamedTuple):
    """A challenge of a condition, and its phase where one is named: what it takes, what somebody
    has, and whether that is enough.
    """

    named: Named
    title: str
    phase: str
    bar: float | None
    outcome: Outcome | None
    holds: bool
    out: bool


class OnCondition(NamedTuple):
    """A condition with its challenges."""

    progress: Progress
    challenges: list[InChallenge]


class StandardView(NamedTuple):
    """A standard, what each level asks for, and how far somebody is; `reached` None: no level.

    `certificate`: the valid one that somebody has of it.
    """

    standard: Standard
    levels: dict[Level, list[OnCondition]]
    reached: Level | None
    certificate: Certificate | None = None


def standard_view(session: Session, standard: Standard, account_id: int | None) -> StandardView:
    """Return a standard with somebody's results in it; without an account, with none."""
    teams = teams_of(session, account_id) if account_id else frozenset()
    evidence = evidence_of(session, standard, teams=teams)
    outcomes = outcomes_of(evidence, teams)
    titles = _titles(session, standard)
    levels = {
        level: [_on(progress, evidence, outcomes, titles) for progress in found]
        for level, found in progress_of(evidence.levels, outcomes).items()
    }
    held = certificate_of(session, account_id, about_standard(standard.id)) if account_id else None
    return StandardView(standard, levels, level_reached(evidence.levels, outcomes), held)


def _titles(session: Session, standard: Standard) -> Titles:
    """Return the titles of challenges, and of their phases, by their slugs."""
    found: Titles = {}
    for challenge in challenges_named(session, standard):
        found[challenge.slug, ""] = challenge.title
        phases = phases_of(session, challenge.id or 0)
        found |= {(challenge.slug, phase.slug): phase.title for phase in phases}
    return found


def _on(
    progress: Progress, evidence: Evidence, outcomes: dict[Named, Outcome], titles: Titles
) -> OnCondition:
    found = [
        InChallenge(
            named=named,
            title=titles.get((named.challenge, ""), named.challenge),
            phase=titles.get((named.challenge, named.phase), named.phase) if named.phase else "",
            bar=_bar(evidence, named),
            outcome=outcomes.get(named),
            holds=named in progress.holds_in,
            out=named in evidence.boards,
        )
        for named in progress.condition.challenges
    ]
    return OnCondition(progress, found)


def _bar(evidence: Evidence, named: Named) -> float | None:
    """Return the baseline's value, where the result is out."""
    board = evidence.boards.get(named)
    if board is None:
        return None
    baselines = evidence.baselines[named]
    nobody = Outcome(0, None, 1, 1, board.challenge.higher_is_better, baselines, ())
    return baseline_value(named, nobody)


def may_see(session: Session, challenges: list[Challenge], viewer: Viewer) -> bool:
    """Whether a viewer may know of a standard: all that it names is there for them."""
    return viewer.is_admin or all(sees(session, challenge, viewer) for challenge in challenges)


def seen_standards(session: Session, viewer: Viewer) -> list[Standard]:
    """Return the standards that a viewer may know of."""
    return [
        standard
        for standard in standards(session)
        if may_see(session, list(challenges_named(session, standard)), viewer)
    ]


def own_progress(session: Session, viewer: Viewer) -> list[StandardView]:
    """Return how far somebody is with every standard, those with a level first."""
    found = [standard_view(session, s, viewer.id) for s in seen_standards(session, viewer)]
    return sorted(found, key=lambda view: view.reached is None)
