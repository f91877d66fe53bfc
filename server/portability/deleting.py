"""The end of an account, in every room: results stay, the person is forgotten."""

import json
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
from server.shared import events
from server.shared.errors import N_, Conflict
from server.shared.mail import OutgoingMail
from server.teams.models import Membership, Team, TeamInvitation
from server.teams.parting import part_with_closed
from server.teams.rules import name_key
from server.teams.seats import log


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
    _rename_teams(session, account_id, name, now=now)
    _forget_address(session, address)
    _forget_in_messages(session, name, address)
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


def _rename_teams(session: Session, account_id: int, name: str, *, now: datetime) -> None:
    """Rename teams that bear the person's name, where nobody else is in them."""
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
    for team in list(session.exec(own)):
        called = f"{CLOSED_NAME} {team.id}"
        if team.closed_at is None:
            team.name_key = name_key(called)
        team.name = called
        session.add(team)
        log(session, "team.renamed", team, at=now, actor_id=None)
    session.flush()


def _forget_address(session: Session, address: str) -> None:
    """Delete invitations to an address, and take it off the lists of drafts."""
    for table in (Invitation, TeamInvitation):
        session.execute(sa.delete(table).where(table.email == address))  # type: ignore[arg-type]
    listed = sa.cast(ChallengeDraft.invited, sa.Text).icontains(address, autoescape=True)
    for draft in list(session.exec(select(ChallengeDraft).where(listed))):
        draft.invited = [other for other in draft.invited if other.strip().lower() != address]
        session.add(draft)


def _forget_in_messages(session: Session, name: str, address: str) -> None:
    """Delete messages to a person; in those to others the name gives way to nobody's."""
    session.execute(sa.delete(OutgoingMail).where(col(OutgoingMail.recipient) == address))
    for letter in list(session.exec(select(OutgoingMail).where(_names(name, address)))):
        for known in (address, name):
            letter.subject = letter.subject.replace(known, CLOSED_NAME)
            letter.body = letter.body.replace(known, CLOSED_NAME)
        session.add(letter)
    # As JSON is kept: with its characters, or as escapes of them.
    said = {text for known in (name, address) for text in (known, json.dumps(known)[1:-1])}
    data = sa.cast(Notification.data, sa.Text)
    session.execute(
        sa.delete(Notification).where(sa.or_(*(data.contains(t, autoescape=True) for t in said)))
    )


def _names(name: str, address: str) -> sa.ColumnElement[bool]:
    texts = (col(OutgoingMail.subject), col(OutgoingMail.body))
    return sa.or_(*(t.contains(k, autoescape=True) for t in texts for k in (name, address)))
