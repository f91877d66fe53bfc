"""Teams part with accounts that were closed."""

from datetime import datetime

from sqlmodel import Session

from server.accounts.queries import account_by_id
from server.teams.queries import closed_members, members_of
from server.teams.rules import captain_after
from server.teams.seats import close, crown, hold, log, unseat


def part_with_closed(session: Session, *, now: datetime) -> int:
    """Take closed accounts out of their teams, whatever is locked; return how many.

    A team that would lose its last member with submissions keeps the anonymised one: its results
    stay. A lock can't hold: a captain who is gone could decide nothing.
    """
    parted = 0
    for team, account_id in closed_members(session):
        hold(session, team)
        members = [m.id or 0 for m in members_of(session, team.id or 0)]
        captain = captain_after(captain_id=team.captain_id, leaving_id=account_id, members=members)
        if captain is None and team.fixed_at is not None:
            continue
        unseat(session, team, account_id)
        log(session, "member.left", team, at=now, actor_id=None, subject_id=account_id)
        if captain is None:
            close(session, team, actor_id=None, now=now)
        elif captain != team.captain_id:
            crown(session, team, account_by_id(session, captain))
            log(session, "captain.changed", team, at=now, actor_id=None, subject_id=captain)
        parted += 1
    return parted
