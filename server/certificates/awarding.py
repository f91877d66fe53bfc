"""Who gets which certificate of a challenge: read from its final board as it is now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.boards.medals import medal_of
from server.boards.models import Entry
from server.boards.places import count_ranked, places
from server.boards.queries import boards_without_ranges
from server.boards.rows import ORDER, On, on_board
from server.certificates.rules import HandOut, Kind, kind_for, require_revealed
from server.certificates.schemas import (
    CertificateFacts,
    CertifiedChallenge,
    CertifiedTeam,
    CertifiedUniversity,
    Holder,
    Participation,
    Placement,
)
from server.challenges.metric_titles import scorer_title
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.shared.errors import N_, Conflict
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.advising import advisers_by_team
from server.teams.models import Membership, Team, TeamOrigin
from server.universities.models import University
from server.universities.queries import universities_by_id


class FinalBoard(NamedTuple):
    """The board that a challenge ends with: that of its last phase, once it is revealed."""

    challenge: Challenge
    phase: Phase
    evaluation: Evaluation
    on: On

    @property
    def metric(self) -> str:
        """The ranking metric's name for people."""
        spec = self.evaluation.spec
        return scorer_title(self.evaluation.scorer, spec.get("params") or {}, spec.get("code"))


class Award(NamedTuple):
    """What one person gets, and for which team and university."""

    facts: CertificateFacts
    account_id: int
    team_id: int | None
    university_id: int | None


def final_board_of(phase: Phase, challenge: Challenge, evaluation: Evaluation) -> FinalBoard:
    """Return the board that a revealed phase ends with."""
    board = Board.PRIVATE if evaluation.has_private else Board.PUBLIC
    return FinalBoard(challenge, phase, evaluation, On(phase.id or 0, board))


def final_board(session: Session, challenge: Challenge) -> FinalBoard:
    """Return the final board of a challenge.

    Raises:
        Conflict: the result of its last phase is not out, or the ranges of its ranks are not there.
    """
    phases = phases_of(session, challenge.id or 0)
    require_revealed(revealed=bool(phases) and phases[-1].revealed_at is not None)
    evaluation = live_evaluation(session, phases[-1].id)
    if evaluation is None:
        raise Conflict(N_("Nothing is scored in the last phase: there is no result to certify."))
    found = final_board_of(phases[-1], challenge, evaluation)
    if found.on in {On(*waiting) for waiting in boards_without_ranges(session)}:
        raise Conflict(
            N_("The ranges of the ranks are just being computed. Try again in a minute."),
            code="ranges-pending",
        )
    return found


class Placed(NamedTuple):
    """A team's row on the final board, and its rank."""

    entry: Entry
    rank: int
    teams: int


def ranked_on(session: Session, on: On) -> dict[int, Placed]:
    """Return every ranked team of a board with its rank: one more than those strictly better."""
    entries = session.exec(select(Entry).where(*on_board(on)).order_by(*ORDER)).all()
    placed: dict[int, Placed] = {}
    rank, before = 0, None
    for position, entry in enumerate(entries, 1):
        if entry.key != before:
            rank, before = position, entry.key
        placed[entry.team_id or 0] = Placed(entry, rank, len(entries))
    return placed


def places_of_teams(session: Session, on: On, team_ids: Collection[int]) -> dict[int, Placed]:
    """Return what `ranked_on` says of some teams: by their rows, and what is kept of a board."""
    query = select(Entry).where(*on_board(on), col(Entry.team_id).in_(team_ids))
    entries = session.exec(query).all() if team_ids else []
    ranks = places(session, on, [entry.key for entry in entries])
    teams = count_ranked(session, on) if entries else 0
    return {entry.team_id or 0: Placed(entry, ranks[entry.key], teams) for entry in entries}


class Given(NamedTuple):
    """What the members of a team get."""

    team: Team
    kind: Kind
    place: Placed | None
    submissions: int


def awards_of(session: Session, board: FinalBoard, rules: HandOut) -> Iterator[Award]:
    """Yield what every person gets by a challenge's rules, the best teams first."""
    given = _given(session, board, rules)
    members = members_by_team(session, given)
    teams = {team_id: one.team for team_id, one in given.items()}
    universities = _universities(session, board.challenge, teams, members)
    advisers = advisers_by_team(session, given)
    for team_id, one in given.items():
        named = CertifiedTeam(
            id=team_id,
            name=one.team.name,
            members=len(members.get(team_id, [])),
            advisers=[adviser.name for adviser in advisers.get(team_id, [])],
        )
        for account in members.get(team_id, []):
            university = universities[account.id or 0]
            facts = _facts(board, one, named, account, university)
            yield Award(facts, account.id or 0, team_id, university.id if university else None)


def _given(session: Session, board: FinalBoard, rules: HandOut) -> dict[int, Given]:
    """Return which teams get something, those on the final board in its order, then the others."""
    placed, counts = ranked_on(session, board.on), _scored_in_time(session, board.challenge)
    teams = _teams(session, [*placed, *counts])
    found = {}
    for team_id in dict.fromkeys([*placed, *sorted(counts)]):
        place, submissions = placed.get(team_id), counts.get(team_id, 0)
        kind = kind_for(
            rules,
            rank=place.rank if place else None,
            medal=medal_of(place.rank, teams=place.teams) if place else None,
            submissions=submissions,
        )
        if kind is not None and team_id in teams:
            found[team_id] = Given(teams[team_id], kind, place, submissions)
    return found


def _facts(
    board: FinalBoard,
    given: Given,
    team: CertifiedTeam,
    account: Account,
    university: University | None,
) -> CertificateFacts:
    challenge, placed = board.challenge, given.kind is Kind.PLACEMENT
    return CertificateFacts(
        kind=given.kind,
        holder=Holder(account=account.id or 0, name=account.name),
        issued_by=challenge.host,
        university=certified_university(university),
        challenge=CertifiedChallenge(slug=challenge.slug, title=challenge.title),
        team=team,
        participation=Participation(submissions=given.submissions),
        placement=placement(board, given.place) if placed and given.place else None,
        level=None,
    )


def placement(board: FinalBoard, place: Placed) -> Placement:
    """Return a place as a certificate says it."""
    entry = place.entry
    ranged = entry.rank_best is not None and entry.rank_worst is not None
    return Placement(
        phase=board.phase.title,
        rank=place.rank,
        rank_range=(entry.rank_best or 0, entry.rank_worst or 0) if ranged else None,
        teams=place.teams,
        medal=medal_of(place.rank, teams=place.teams),
        score=entry.value,
        interval=interval_of(entry),
        metric=board.metric,
        evaluation=board.evaluation.number,
    )


def interval_of(entry: Entry) -> tuple[float, float] | None:
    """Return the interval of an entry's score, if it has one."""
    return None if entry.low is None or entry.high is None else (entry.low, entry.high)


def certified_university(university: University | None) -> CertifiedUniversity | None:
    """Return a university as a certificate names it."""
    if university is None:
        return None
    return CertifiedUniversity(
        slug=university.slug, name=university.name, native_name=university.native_name
    )


def _scored_in_time(session: Session, challenge: Challenge) -> dict[int, int]:
    """Return how many submissions of each team were scored in time and stand."""
    query = (
        sa.select(col(Submission.team_id), func.count())
        .where(
            col(Submission.challenge_id) == challenge.id,
            col(Submission.team_id).is_not(None),
            col(Submission.state) == SubmissionState.SCORED,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
        )
        .group_by(col(Submission.team_id))
    )
    return {int(team): int(count) for team, count in session.execute(query)}


def _teams(session: Session, ids: Iterable[int]) -> dict[int, Team]:
    """Return the teams among some that stand: neither closed, merged nor disqualified."""
    query = select(Team).where(
        col(Team.id).in_(set(ids)),
        col(Team.closed_at).is_(None),
        col(Team.disqualified_at).is_(None),
    )
    return {team.id or 0: team for team in session.exec(query)}


def members_by_team(session: Session, team_ids: Iterable[int]) -> dict[int, list[Account]]:
    """Return the members of teams whose accounts are open, the longest first."""
    query = (
        select(Membership.team_id, Account)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.team_id).in_(set(team_ids)), col(Account.closed_at).is_(None))
        .order_by(col(Membership.joined_at), col(Membership.id))
    )
    found: dict[int, list[Account]] = defaultdict(list)
    for team_id, account in session.exec(query):
        found[team_id].append(account)
    return found


def _universities(
    session: Session,
    challenge: Challenge,
    teams: Mapping[int, Team],
    members: Mapping[int, Sequence[Account]],
) -> dict[int, University | None]:
    """Return which university each member competed for: in a mixed team each has its own."""
    origins = {} if challenge.same_university else origins_of(session, members)
    own: dict[int, int | None] = {}
    for team_id, accounts in members.items():
        for account in accounts:
            of_team = teams[team_id].university_id
            origin = origins.get((team_id, account.id or 0))
            own[account.id or 0] = of_team if challenge.same_university else origin
    known = universities_by_id(session, own.values())
    return {account_id: known.get(number or 0) for account_id, number in own.items()}


def origins_of(session: Session, team_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Return the university of each member of mixed teams as of the first submission."""
    query = select(TeamOrigin).where(col(TeamOrigin.team_id).in_(set(team_ids)))
    return {(row.team_id, row.account_id): row.university_id for row in session.exec(query)}
