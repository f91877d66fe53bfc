"""Where several teams stand, on the boards that everybody may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.looking import look_at_all
from server.boards.models import Entry, NextPlace
from server.boards.next_places import is_of_what_counts
from server.boards.places import FEW, Wanted, count_ranked, places, places_on
from server.boards.rows import On
from server.boards.team_views import PlaceOn
from server.boards.visibility import served
from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.evaluations.rules import Board
from server.shared.caching import cache_of
from server.teams.models import Team

# Made once; which boards they are is a part of the question: no row of another is read.
ON_BOARDS = (
    select(Entry, NextPlace)
    .outerjoin(NextPlace, is_of_what_counts())
    .where(
        col(Entry.team_id).in_(sa.bindparam("team_ids", expanding=True)),
        sa.tuple_(col(Entry.phase_id), col(Entry.board)).in_(
            sa.bindparam("boards", expanding=True)
        ),
        col(Entry.ranked).is_(True),
    )
)


def places_of_teams(session: Session, teams: Sequence[Team]) -> dict[int, list[PlaceOn]]:
    """Return where teams stand, as `team_views.places_of` says it of one to everybody.

    The questions are the same few, however many teams and challenges.
    """
    challenges = {team.challenge_id for team in teams}
    look_at_all(session, challenges)
    phases = [phase for number in challenges for phase in phases_of(session, number)]
    shown = {On(p.id or 0, board): p for p in phases for board in _shown(p)}
    asked = {"team_ids": [team.id for team in teams], "boards": list(shown)}
    found = session.exec(ON_BOARDS, params=asked).all() if shown else []
    on = [(On(entry.phase_id, entry.board), entry.key) for entry, _ in found]
    ranks = places_on(session, on)
    placed: dict[int, list[PlaceOn]] = defaultdict(list)
    for at, (entry, above) in zip(on, found, strict=True):
        place = PlaceOn(shown[at[0]], entry, ranks[at], count_ranked(session, at[0]), above)
        placed[entry.team_id or 0].append(place)
    for one in placed.values():
        one.sort(key=lambda p: (p.phase.position, p.entry.board is Board.PRIVATE))
    return placed


def _shown(phase: Phase) -> list[Board]:
    public = served(Board.PUBLIC, frozen=phase.frozen_at is not None, organiser=False)
    return [public] if phase.revealed_at is None else [public, Board.PRIVATE]


def ranks_at(session: Session, wanted: Iterable[Wanted]) -> dict[Wanted, int]:
    """Return the ranks of keys on several boards: of a few keys in one question."""
    keys = set(wanted)
    if len(keys) <= FEW and cache_of(session) is not None:
        return places_on(session, list(keys))
    found: dict[On, list[float]] = defaultdict(list)
    for on, key in keys:
        found[on].append(key)
    return {(on, k): rank for on in found for k, rank in places(session, on, found[on]).items()}
