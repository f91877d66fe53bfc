"""What people have in the challenges that a standard names, and which level that is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.boards.models import Entry
from server.boards.rows import on_board
from server.certificates.awarding import (
    Award,
    FinalBoard,
    Placed,
    certified_university,
    final_board_of,
    interval_of,
    members_by_team,
    places_of_teams,
    ranked_on,
)
from server.certificates.definition import levels_of
from server.certificates.levels import (
    Level,
    Levels,
    Named,
    Outcome,
    Outcomes,
    counted_results,
    level_reached,
)
from server.certificates.models import Standard
from server.certificates.rules import Kind
from server.certificates.schemas import (
    CertificateFacts,
    CertifiedLevel,
    Holder,
    LevelResult,
)
from server.challenges.models import Challenge
from server.challenges.queries import phases_of
from server.evaluations.queries import live_evaluation
from server.submissions.models import Submission
from server.teams.models import Membership
from server.universities.models import University
from server.universities.queries import universities_by_id


class Evidence(NamedTuple):
    """What a standard is judged by: its levels, and the final boards that are out."""

    levels: Levels
    boards: Mapping[Named, FinalBoard]
    placed: Mapping[Named, Mapping[int, Placed]]
    baselines: Mapping[Named, Mapping[str, float]]

    def outcome(self, named: Named, team_id: int) -> Outcome | None:
        """Return what a team has in a challenge, or None where it is on no final board."""
        place = self.placed[named].get(team_id)
        if place is None:
            return None
        challenge = self.boards[named].challenge
        return Outcome(
            value=place.entry.value,
            interval=interval_of(place.entry),
            rank=place.rank,
            teams=place.teams,
            higher_is_better=challenge.higher_is_better,
            baselines=self.baselines[named],
            fields=challenge.tags,
        )


def evidence_of(
    session: Session, standard: Standard, *, teams: Collection[int] | None = None
) -> Evidence:
    """Return what a standard is judged by now: results that are not out count for nothing.

    `teams`: those whose places are asked for; then no other row of a board is read.
    """
    ranked = ranked_on if teams is None else partial(places_of_teams, team_ids=teams)
    levels = levels_of(standard.levels)
    wanted = {n for conditions in levels.values() for c in conditions for n in c.challenges}
    boards = {n: board for n in sorted(wanted) if (board := _board(session, n)) is not None}
    return Evidence(
        levels=levels,
        boards=boards,
        placed={n: ranked(session, board.on) for n, board in boards.items()},
        baselines={n: baselines_on(session, board) for n, board in boards.items()},
    )


def _board(session: Session, named: Named) -> FinalBoard | None:
    challenge = session.exec(select(Challenge).where(Challenge.slug == named.challenge)).first()
    phases = phases_of(session, challenge.id or 0) if challenge else []
    wanted = [p for p in phases if not named.phase or p.slug == named.phase]
    if challenge is None or not wanted or wanted[-1].revealed_at is None:
        return None
    evaluation = live_evaluation(session, wanted[-1].id)
    return final_board_of(wanted[-1], challenge, evaluation) if evaluation else None


def baselines_on(session: Session, board: FinalBoard) -> dict[str, float]:
    """Return what each baseline has on a final board, by its name."""
    query = (
        select(Submission.baseline, Entry.value)
        .join(Submission, col(Submission.id) == col(Entry.submission_id))
        .where(*on_board(board.on, ranked=False), col(Entry.team_id).is_(None))
    )
    return {name: value for name, value in session.exec(query) if name is not None}


def outcomes_by_account(session: Session, evidence: Evidence) -> dict[int, dict[Named, Outcome]]:
    """Return everybody's results in the challenges that a standard names."""
    team_ids = {team for placed in evidence.placed.values() for team in placed}
    members = members_by_team(session, team_ids)
    found: dict[int, dict[Named, Outcome]] = defaultdict(dict)
    for named, placed in evidence.placed.items():
        for team_id in placed:
            outcome = evidence.outcome(named, team_id)
            for account in members.get(team_id, []):
                if outcome is not None:
                    found[account.id or 0][named] = outcome
    return found


def teams_of(session: Session, account_id: int) -> frozenset[int]:
    """Return the teams that somebody is in."""
    query = select(Membership.team_id).where(Membership.account_id == account_id)
    return frozenset(session.exec(query))


def outcomes_of(evidence: Evidence, teams: Collection[int]) -> dict[Named, Outcome]:
    """Return the results of somebody's teams in the challenges that a standard names."""
    return {
        named: outcome
        for named in evidence.boards
        for team_id in sorted(teams)
        if (outcome := evidence.outcome(named, team_id)) is not None
    }


def level_awards(session: Session, standard: Standard) -> Iterator[Award]:
    """Yield the level that every person reached, the highest level first."""
    evidence = evidence_of(session, standard)
    results = outcomes_by_account(session, evidence)
    reached = {
        account_id: level
        for account_id, outcomes in results.items()
        if (level := level_reached(evidence.levels, outcomes)) is not None
    }
    accounts = _accounts(session, reached)
    universities = universities_by_id(session, (a.university_id for a in accounts.values()))
    order = list(Level)
    for account_id in sorted(reached, key=lambda a: (-order.index(reached[a]), a)):
        account = accounts[account_id]
        university = universities.get(account.university_id or 0)
        certified = _certified(standard, evidence, reached[account_id], results[account_id])
        facts = _facts(standard, account, university, certified)
        yield Award(facts, account_id, None, university.id if university else None)


def _facts(
    standard: Standard, account: Account, university: University | None, level: CertifiedLevel
) -> CertificateFacts:
    return CertificateFacts(
        kind=Kind.LEVEL,
        holder=Holder(account=account.id or 0, name=account.name),
        issued_by=standard.issuer,
        university=certified_university(university),
        challenge=None,
        team=None,
        participation=None,
        placement=None,
        level=level,
    )


def _accounts(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    rows = session.exec(select(Account).where(col(Account.id).in_(set(ids))))
    return {account.id or 0: account for account in rows}


def _certified(
    standard: Standard, evidence: Evidence, level: Level, outcomes: Outcomes
) -> CertifiedLevel:
    rests_on = counted_results(evidence.levels[level], outcomes)
    return CertifiedLevel(
        standard=standard.slug,
        title=standard.title,
        level=level,
        results=[_result(evidence.boards[named], outcomes[named]) for named in rests_on],
    )


def _result(board: FinalBoard, outcome: Outcome) -> LevelResult:
    return LevelResult(
        challenge=board.challenge.slug,
        title=board.challenge.title,
        phase=board.phase.title,
        rank=outcome.rank,
        teams=outcome.teams,
        score=outcome.value,
        interval=outcome.interval,
        evaluation=board.evaluation.number,
    )
