"""The end of an account, in every room: results stay, the person is forgotten."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from server.accounts.closing import close_account
from server.accounts.queries import locked_account
from server.accounts.rules import CLOSED_NAME
from server.challenges.models import Invitation
from server.drafts.models import ChallengeDraft, DraftPerson
from server.drafts.rules import DraftState
from server.notifications.models import Notification
from server.portability.actions import expire_exports
from server.portability.holdings import After
from server.portability.queries import known_holdings, mine, owned_alone
from server.portability.rules import without_names
from server.shared import events
from server.shared.errors import N_, Conflict
from server.shared.mail import OutgoingMail
from server.teams.models import Membership, Team, TeamInvitation
from server.teams.parting import part_with_closed
from server.teams.rules import name_key
from server.teams.seats import log

# Kinds of letters that name another person, or a team that may be called like one.
NAMING_KINDS = (
    *("question", "registration", "adviser", "extra_submissions", "disqualified"),
    *("team_invited", "team_requested", "team_decided", "team_joined", "team_left", "team_changed"),
)
# What a notification keeps of another person.
NAMING_VALUES = ("person", "comer", "leaver", "team")
AT_ONCE = 500


def delete_account(
    session: Session, *, account_id: int, actor_id: int | None, now: datetime
) -> None:
    """Close an account and forget the person in every table, at once and for good.

    What others' results depend on stays under a name that is nobody's.

    Raises:
        Conflict: it is the last administrator's, or the only owner's of a challenge.
        NotFound: there is no such account.
    """
    account = locked_account(session, account_id)
    refuse_only_owner(session, account_id)
    name, address = account.name, account.email
    # Else it may be somebody else's address, and what is kept for it as well.
    confirmed = account.confirmed_at is not None
    pass_drafts_on(session, account_id, now=now)
    close_account(session, account_id=account_id, actor_id=actor_id, now=now)
    part_with_closed(session, now=now)
    expire_exports(session, account_id)
    for holding in known_holdings():
        if holding.only:
            continue
        table = SQLModel.metadata.tables[holding.table]
        rows = mine(holding, account_id)
        if holding.after is After.DELETED:
            session.execute(sa.delete(table).where(rows))
        elif holding.emptied:
            session.execute(sa.update(table).where(rows).values(**holding.emptied))
    # What was read before is not what there is now.
    session.expire_all()
    called = [name, *_rename_teams(session, account_id, name, now=now)]
    _forget_address(session, address, confirmed=confirmed)
    _forget_in_messages(session, called, address if confirmed else name)
    events.record(session, "account.forgotten", at=now, actor_id=actor_id, subject_id=account_id)


def refuse_only_owner(session: Session, account_id: int) -> None:
    """Refuse to leave a challenge without an owner. Raises Conflict."""
    alone = owned_alone(session, account_id)
    if alone:
        raise Conflict(
            N_(
                "You are the only owner of “%(title)s”. Name another owner first, on the "
                "challenge's page of people."
            ),
            code="only-owner",
            title=alone[0].title,
        )


def pass_drafts_on(session: Session, account_id: int, *, now: datetime) -> None:
    """Give drafts of challenges to those who write them too, and give up the others."""
    drafts = session.exec(
        select(ChallengeDraft).where(
            ChallengeDraft.owner_id == account_id, ChallengeDraft.state == DraftState.EDITING
        )
    )
    for draft in list(drafts):
        others = select(DraftPerson).where(
            DraftPerson.draft_id == draft.id, DraftPerson.account_id != account_id
        )
        heir = session.exec(others.order_by(col(DraftPerson.account_id)).limit(1)).first()
        if heir is None:
            draft.state = DraftState.DISCARDED
        else:
            draft.owner_id = heir.account_id
            session.delete(heir)
        draft.updated_at = now
        session.add(draft)
    session.flush()


def _rename_teams(session: Session, account_id: int, name: str, *, now: datetime) -> Sequence[str]:
    """Rename teams that bear the person's name, where nobody else is in them; return their names.

    The team's name was the person's, and stands in messages to others.
    """
    others = (
        sa.select(sa.literal(1))
        .where(col(Membership.team_id) == col(Team.id), col(Membership.account_id) != account_id)
        .exists()
    )
    own = select(Team).where(
        Team.captain_id == account_id,
        ~others,
        sa.or_(col(Team.name).icontains(name, autoescape=True), col(Team.closed_at).is_not(None)),
    )
    before = []
    for team in list(session.exec(own)):
        before.append(team.name)
        called = f"{CLOSED_NAME} {team.id}"
        if team.closed_at is None:
            team.name_key = name_key(called)
        team.name = called
        session.add(team)
        log(session, "team.renamed", team, at=now, actor_id=None)
    session.flush()
    return before


def _forget_address(session: Session, address: str, *, confirmed: bool) -> None:
    """Delete letters to an address and invitations to it, and take it off the lists of drafts.

    Where nobody ever showed to read its mail, others' invitations and what waits for it stay.
    """
    mine = col(OutgoingMail.recipient) == address
    if not confirmed:
        session.execute(sa.delete(OutgoingMail).where(mine, col(OutgoingMail.sent_at).is_not(None)))
        return
    session.execute(sa.delete(OutgoingMail).where(mine))
    for table in (Invitation, TeamInvitation):
        session.execute(sa.delete(table).where(table.email == address))  # type: ignore[arg-type]
    listed = sa.cast(ChallengeDraft.invited, sa.Text).icontains(address, autoescape=True)
    for draft in list(session.exec(select(ChallengeDraft).where(listed))):
        draft.invited = [other for other in draft.invited if other.strip().lower() != address]
        session.add(draft)


def _forget_in_messages(session: Session, called: Sequence[str], address: str) -> None:
    """Let the name give way to nobody's in letters to others; delete what the bell says of it.

    Whoever is called like a word of every letter must not take that out of them: only what can
    name another person is looked at, whole words are replaced, and none in an address.
    """
    for letter in _letters(session, [*called, address]):
        letter.subject = without_names(letter.subject, [address, *called], instead=CLOSED_NAME)
        letter.body = without_names(letter.body, [address, *called], instead=CLOSED_NAME)
        session.add(letter)
    # As JSON is kept: with its characters, or as escapes of them.
    said = {
        f'"{value}": {json.dumps(name, ensure_ascii=escaped)}'
        for value in NAMING_VALUES
        for name in called
        for escaped in (True, False)
    }
    data = sa.cast(Notification.data, sa.Text)
    session.execute(
        sa.delete(Notification).where(sa.or_(*(data.contains(t, autoescape=True) for t in said)))
    )


def _letters(session: Session, names: Sequence[str]) -> Iterator[OutgoingMail]:
    """Yield letters in which a name may stand, some at a time."""
    texts = (col(OutgoingMail.subject), col(OutgoingMail.body))
    query = select(OutgoingMail.id).where(
        sa.or_(col(OutgoingMail.kind).is_(None), col(OutgoingMail.kind).in_(NAMING_KINDS)),
        sa.or_(*(t.contains(n, autoescape=True) for t in texts for n in names)),
    )
    ids = list(session.exec(query))
    for first in range(0, len(ids), AT_ONCE):
        some = col(OutgoingMail.id).in_(ids[first : first + AT_ONCE])
        yield from list(session.exec(select(OutgoingMail).where(some)))
