"""Who took part: people with a scored submission, by team and university."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.accounts.models import Account
from server.challenges.models import Challenge, Phase
from server.standings.models import Participant
from server.standings.rules import Activity
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team, TeamOrigin

# So many values fit into one statement of every database.
AT_ONCE = 500


class Senders(NamedTuple):
    """How many scored submissions each account of a team sent."""

    team_id: int
    challenge_id: int
    university_id: int | None
    mixed: bool
    by_account: dict[int, int]


def _scored_in_time() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Submission.state) == SubmissionState.SCORED,
        col(Submission.late).is_(False),
        col(Submission.withdrawn_at).is_(None),
        col(Submission.disqualified_at).is_(None),
        col(Submission.account_id).is_not(None),
        # While a public board is frozen, what is scored moves nothing that others see.
        sa.or_(col(Phase.frozen_at).is_(None), col(Submission.scored_at) < col(Phase.frozen_at)),
    )


def _senders(session: Session, *which: sa.ColumnElement[bool]) -> list[Senders]:
    query = (
        sa.select(
            col(Team.id),
            col(Team.challenge_id),
            col(Team.university_id),
            col(Challenge.same_university),
            col(Submission.account_id),
            func.count(),
        )
        .join(Team, col(Team.id) == col(Submission.team_id))
        .join(Challenge, col(Challenge.id) == col(Team.challenge_id))
        .join(Phase, col(Phase.id) == col(Submission.phase_id))
        .where(*_scored_in_time(), *which)
        .where(col(Team.closed_at).is_(None), col(Team.disqualified_at).is_(None))
        .group_by(
            col(Team.id),
            col(Team.challenge_id),
            col(Team.university_id),
            col(Challenge.same_university),
            col(Submission.account_id),
        )
    )
    found: dict[int, Senders] = {}
    for team_id, challenge_id, university_id, same, account_id, sent in session.execute(query):
        team = found.setdefault(
            team_id, Senders(team_id, challenge_id, university_id, not same, {})
        )
        team.by_account[account_id] = sent
    return list(found.values())


def participants_of_teams(session: Session, team_ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the rows of some teams' participants: O(their submissions)."""
    found: list[dict[str, Any]] = []
    wanted = sorted(team_ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = col(Submission.team_id).in_(wanted[start : start + AT_ONCE])
        found += _rows(session, _senders(session, some))
    return found


def participants_of_challenge(session: Session, challenge_id: int) -> list[dict[str, Any]]:
    """Return the rows of all participants of a challenge: O(its submissions)."""
    return _rows(session, _senders(session, col(Submission.challenge_id) == challenge_id))


def _rows(session: Session, teams: list[Senders]) -> list[dict[str, Any]]:
    origins = _origins(session, [team.team_id for team in teams if team.mixed])
    now_of = _universities_now(session, teams, origins)
    rows = []
    for team in teams:
        own = origins.get(team.team_id, {})
        share = 1 / len(set(own.values())) if own else 1.0
        for account_id, sent in team.by_account.items():
            # Who came later to a mixed team counts for a university that it competes for anyway.
            later = now_of.get(account_id) if now_of.get(account_id) in own.values() else None
            university = own.get(account_id, later) if team.mixed else team.university_id
            if university is not None:
                rows.append(
                    {
                        "team_id": team.team_id,
                        "account_id": account_id,
                        "challenge_id": team.challenge_id,
                        "university_id": university,
                        "share": share,
                        "submissions": sent,
                    }
                )
    return rows


def _origins(session: Session, team_ids: list[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for start in range(0, len(team_ids), AT_ONCE):
        query = sa.select(
            col(TeamOrigin.team_id), col(TeamOrigin.account_id), col(TeamOrigin.university_id)
        ).where(col(TeamOrigin.team_id).in_(team_ids[start : start + AT_ONCE]))
        for team_id, account_id, university_id in session.execute(query):
            found[team_id][account_id] = university_id
    return found


def _universities_now(
    session: Session, teams: list[Senders], origins: Mapping[int, Mapping[int, int]]
) -> dict[int, int | None]:
    later = [
        account_id
        for team in teams
        if team.mixed
        for account_id in team.by_account
        if account_id not in origins.get(team.team_id, {})
    ]
    found: dict[int, int | None] = {}
    for start in range(0, len(later), AT_ONCE):
        query = sa.select(col(Account.id), col(Account.university_id)).where(
            col(Account.id).in_(later[start : start + AT_ONCE])
        )
        found.update(session.execute(query).tuples().all())
    return found


def activities(
    session: Session, challenge_ids: Collection[int], among: Iterable[int] | None = None
) -> dict[int, Activity]:
    """Return how many people, teams and submissions of each university have a score.

    A person counts once, in however many challenges; a mixed team by its share. `among` are the
    only universities looked at, where it is given.
    """
    of_season = [col(Participant.challenge_id).in_(sorted(challenge_ids))]
    if among is not None:
        of_season.append(col(Participant.university_id).in_(sorted(among)))
    people = (
        sa.select(
            col(Participant.university_id),
            func.count(sa.distinct(col(Participant.account_id))),
            func.sum(col(Participant.submissions)),
        )
        .where(*of_season)
        .group_by(col(Participant.university_id))
    )
    each = (
        sa.select(col(Participant.university_id), col(Participant.team_id), col(Participant.share))
        .where(*of_season)
        .distinct()
        .subquery()
    )
    teams = sa.select(each.c.university_id, func.sum(each.c.share)).group_by(each.c.university_id)
    parts = dict(session.execute(teams).tuples().all())
    return {
        university_id: Activity(accounts, round(parts[university_id], 9), int(sent))
        for university_id, accounts, sent in session.execute(people)
    }
