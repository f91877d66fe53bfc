"""Where teams stand, on the boards that everybody may see, or their organisers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry, NextPlace
from server.boards.next_places import is_of_what_counts
from server.boards.places import FEW, Wanted, count_ranked, places, places_on
from server.boards.rows import On
from server.boards.versions import look_at_all, note_phases
from server.boards.visibility import served
from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.evaluations.rules import Board
from server.shared.caching import cache_of
from server.teams.models import Team


class PlaceOn(NamedTuple):
    """A team's place on one board of a phase, and what the next one would take, if known."""

    phase: Phase
    entry: Entry
    rank: int | None
    teams: int
    next: NextPlace | None = None

    @property
    def board(self) -> Board:
        """The board by the name that it can be asked for."""
        return Board.PRIVATE if self.entry.board is Board.PRIVATE else Board.PUBLIC

    @property
    def frozen_since(self) -> datetime | None:
        """When the board was frozen that this place is on, if it was."""
        return self.phase.frozen_at if self.entry.board is Board.FROZEN else None


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


def places_of(session: Session, team: Team, *, organiser: bool = False) -> list[PlaceOn]:
    """Return where a team stands on each board that everybody may see, or its organisers may.

    A team that was taken off the boards stands nowhere.
    """
    return _places(session, [team], organiser=organiser).get(team.id or 0, [])


def places_of_teams(session: Session, teams: Sequence[Team]) -> dict[int, list[PlaceOn]]:
    """Return where teams stand on the boards that everybody may see, by team.

    The questions are the same few, however many teams and challenges.
    """
    look_at_all(session, {team.challenge_id for team in teams})
    return _places(session, teams, organiser=False)


def _places(
    session: Session, teams: Sequence[Team], *, organiser: bool
) -> dict[int, list[PlaceOn]]:
    challenges = dict.fromkeys(team.challenge_id for team in teams)
    phases = [phase for number in challenges for phase in phases_of(session, number)]
    note_phases(session, phases)
    shown = {On(p.id or 0, board): p for p in phases for board in _shown(p, organiser=organiser)}
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


def _shown(phase: Phase, *, organiser: bool) -> list[Board]:
    public = served(Board.PUBLIC, frozen=phase.frozen_at is not None, organiser=organiser)
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
