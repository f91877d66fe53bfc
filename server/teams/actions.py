"""Writes of teams: create, come in, leave, lead, invite."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_id
from server.challenges.models import Challenge
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, DomainError, Invalid, NotFound
from server.teams.desks import waiting_request
from server.teams.models import Team, TeamInvitation
from server.teams.queries import (
    affiliation,
    challenge_of,
    is_invited,
    is_member,
    members_of,
    size_of,
    team_of,
    team_to_join,
    university_id_of,
)
from server.teams.rules import (
    Entrance,
    captain_after,
    check_leaving,
    check_name,
    check_room,
    check_university,
    entrance,
)
from server.teams.seats import (
    Asked,
    ask,
    check_accepted,
    check_captain,
    check_changeable,
    close,
    crown,
    drop_invitation,
    drop_requests,
    flush,
    hold,
    hold_challenge,
    log,
    name_for,
    new_code,
    refuse_second_team,
    refuse_taken,
    seat,
    unseat,
)
from server.teams.told import tell_invited, tell_joined, tell_left


class Entered(NamedTuple):
    """A team, and whether one is in it now or waits for its captain's answer."""

    team: Team
    asked: Asked | None


class Outlook(NamedTuple):
    """Whether the captain would decide on a comer, and what keeps the comer out altogether."""

    asks: bool
    obstacle: DomainError | None


def create_team(
    session: Session,
    *,
    challenge: Challenge,
    account_id: int,
    name: str | None = None,
    now: datetime,
) -> Team:
    """Make a team of one; without a name it is called after its captain.

    Raises:
        Conflict: the account has a team here already, or the name is taken.
        Forbidden: the address is not confirmed, or the challenge's rules are not accepted.
        Invalid: the name can't be used.
    """
    hold_challenge(session, challenge.id)
    account = account_by_id(session, account_id)
    refuse_second_team(session, challenge, account)
    check_accepted(session, challenge, account)
    chosen = name_for(session, challenge, account, name)
    team = Team(
        challenge_id=challenge.id or 0,
        name=chosen.name,
        name_key=chosen.key,
        captain_id=account_id,
        university_id=account.university_id,
        code=new_code(),
        created_at=now,
    )
    session.add(team)
    flush(session)
    seat(session, team, account, now)
    log(session, "team.created", team, at=now, actor_id=account_id)
    return team


def ensure_team(session: Session, *, challenge: Challenge, account_id: int, now: datetime) -> Team:
    """Return the account's team, made without ceremony where it has none."""
    challenge_id = challenge.id or 0
    team = team_of(session, challenge_id, account_id)
    if team is None:
        hold_challenge(session, challenge_id)
        team = team_of(session, challenge_id, account_id)
    return team or create_team(session, challenge=challenge, account_id=account_id, now=now)


def join_by_code(session: Session, *, code: str, viewer: Viewer, now: datetime) -> Entered:
    """Come into the team that an invite code opens, or ask its captain where that is the rule.

    Raises:
        NotFound, Forbidden, Conflict: as `queries.team_to_join` and the rules say.
    """
    team = team_to_join(session, code, viewer)
    challenge = hold(session, team)
    account = account_by_id(session, viewer.account_id)
    check_comer(session, challenge, team, account, now)
    if _entrance(session, challenge, team, account) is Entrance.ASK:
        return Entered(team, ask(session, team=team, account_id=viewer.account_id, now=now))
    let_in(session, challenge, team, account, now)
    return Entered(team, None)


def outlook(session: Session, *, team: Team, account: Account, now: datetime) -> Outlook:
    """Return how joining a team would go, once the challenge's rules are accepted."""
    challenge = challenge_of(session, team)
    try:
        way = _entrance(session, challenge, team, account)
        check_comer(session, challenge, team, account, now)
        _check_waits_not(session, way, team, account)
    except DomainError as error:
        # The acceptance is what check_comer asks last: nothing else was in the way.
        waits = error.code == "not-joined"
        return Outlook(way is Entrance.ASK, None) if waits else Outlook(False, error)
    return Outlook(way is Entrance.ASK, None)


def _check_waits_not(session: Session, way: Entrance, team: Team, account: Account) -> None:
    """Raise Conflict for somebody who asked and has no answer yet."""
    team_id, account_id = team.id or 0, account.id or 0
    if way is Entrance.ASK and waiting_request(session, team_id=team_id, account_id=account_id):
        raise Conflict(
            N_("%(team)s has your request: its captain decides."), code="asked", team=team.name
        )


def _entrance(session: Session, challenge: Challenge, team: Team, account: Account) -> Entrance:
    invited = is_invited(session, team.id or 0, account.email)
    return entrance(joining=challenge.joining, invited=invited)


def check_comer(
    session: Session, challenge: Challenge, team: Team, account: Account, now: datetime
) -> None:
    """Raise the refusal that keeps somebody out of a team, if there is one."""
    team_id = team.id or 0
    if is_member(session, team_id, account.id or 0):
        raise Conflict(N_("You are in this team already."), code="already-member")
    check_changeable(session, challenge, team, now)
    refuse_second_team(session, challenge, account, alone_is_fine=True)
    check_room(members=size_of(session, team_id), coming=1, max_size=challenge.max_size)
    check_university(
        same_university=challenge.same_university,
        team=team.name,
        of_team=affiliation(session, university_id_of(session, team)),
        comer=account.name,
        of_comer=affiliation(session, account.university_id),
    )
    check_accepted(session, challenge, account)


def let_in(
    session: Session, challenge: Challenge, team: Team, account: Account, now: datetime
) -> None:
    """Seat somebody whom nothing keeps out; a team of one's own without submissions is closed."""
    account_id, challenge_id = account.id or 0, team.challenge_id
    former = team_of(session, challenge_id, account_id)
    if former is not None:
        # A first submission of that team may be on its way in another transaction.
        session.refresh(former, with_for_update=True)
        refuse_second_team(session, challenge, account, alone_is_fine=True)
        unseat(session, former, account_id)
        close(session, former, actor_id=account_id, now=now)
    seat(session, team, account, now)
    drop_requests(session, account_id, challenge_id, now)
    drop_invitation(session, team, account.email)
    log(session, "member.joined", team, at=now, actor_id=account_id)
    tell_joined(session, team=team, account=account, now=now)


def leave(session: Session, *, team: Team, account_id: int, now: datetime) -> None:
    """Leave a team; a captain hands over to the longest member, the last member closes it.

    Raises:
        Conflict: teams are locked, or the last member would leave submissions behind.
    """
    hold(session, team)
    _take_out(session, team, account_id, actor_id=account_id, now=now)


def remove(session: Session, *, team: Team, account_id: int, by: Viewer, now: datetime) -> Account:
    """Remove a member, as the captain; return the account."""
    hold(session, team)
    check_captain(team, by)
    _take_out(session, team, account_id, actor_id=by.account_id, now=now)
    # Whoever was removed knows the link of before, and could come back by it.
    team.code = new_code()
    return account_by_id(session, account_id)


def _take_out(
    session: Session, team: Team, account_id: int, *, actor_id: int, now: datetime
) -> None:
    challenge = challenge_of(session, team)
    members = [member.id or 0 for member in members_of(session, team.id or 0)]
    if account_id not in members:
        raise NotFound(N_("This account is not in the team."))
    check_changeable(session, challenge, team, now)
    captain = captain_after(captain_id=team.captain_id, leaving_id=account_id, members=members)
    check_leaving(stays=captain, has_submitted=team.fixed_at is not None)
    unseat(session, team, account_id)
    kind = "member.left" if actor_id == account_id else "member.removed"
    log(session, kind, team, at=now, actor_id=actor_id, subject_id=account_id)
    leaver = account_by_id(session, account_id)
    tell_left(session, team=team, account=leaver, actor_id=actor_id, now=now)
    if captain is None:
        close(session, team, actor_id=actor_id, now=now)
    elif captain != team.captain_id:
        crown(session, team, account_by_id(session, captain))
        log(session, "captain.changed", team, at=now, actor_id=actor_id, subject_id=captain)


def hand_over(session: Session, *, team: Team, account_id: int, by: Viewer, now: datetime) -> None:
    """Make another member the captain. Raises Invalid: the account is not in the team."""
    hold(session, team)
    check_captain(team, by)
    if not is_member(session, team.id or 0, account_id):
        raise Invalid(N_("Only a member can become the captain."), field="captain")
    crown(session, team, account_by_id(session, account_id))
    log(session, "captain.changed", team, at=now, actor_id=by.id, subject_id=account_id)


def rename(session: Session, *, team: Team, name: str, by: Viewer, now: datetime) -> None:
    """Give a team another name. Raises Invalid or Conflict: it can't be used, or is taken."""
    challenge = hold(session, team)
    check_captain(team, by)
    if challenge.anonymous:
        raise Conflict(
            N_("The board of this class is anonymous: names of teams are drawn."), code="anonymous"
        )
    chosen = check_name(name)
    refuse_taken(session, challenge, chosen, but=team.id)
    team.name, team.name_key = chosen.name, chosen.key
    session.add(team)
    flush(session)
    # The log can't forget: a name of before may be a person's own.
    log(session, "team.renamed", team, at=now, actor_id=by.id)


def renew_code(session: Session, *, team: Team, by: Viewer, now: datetime) -> None:
    """Make a new invite link; the one before opens nothing from now on."""
    hold(session, team)
    check_captain(team, by)
    team.code = new_code()
    session.add(team)
    log(session, "code.renewed", team, at=now, actor_id=by.id)


def invite(session: Session, *, team: Team, email: str, by: Viewer, now: datetime) -> str:
    """Invite an address; return it as it is kept. The log names no address."""
    challenge = hold(session, team)
    check_captain(team, by)
    check_changeable(session, challenge, team, now)
    address, team_id = email.strip().lower(), team.id or 0
    if not is_invited(session, team_id, address):
        session.add(TeamInvitation(team_id=team_id, email=address, invited_at=now))
        log(session, "member.invited", team, at=now, actor_id=by.id)
        tell_invited(session, team=team, email=address, by=by.name, now=now)
    return address


def uninvite(session: Session, *, team: Team, email: str, by: Viewer, now: datetime) -> None:
    """Take an invitation back."""
    hold(session, team)
    check_captain(team, by)
    if drop_invitation(session, team, email.strip().lower()):
        log(session, "member.uninvited", team, at=now, actor_id=by.id)
