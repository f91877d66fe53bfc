"""Reads of sightings for a report, and of the addresses that are still kept when it is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.accounts.models import Sighting
from server.accounts.rules import too_old_to_keep
from server.accounts.sightings import Seen
from server.integrity.findings import Shared
from server.integrity.rules import MANY_ACCOUNTS, MOST_GROUPS, MOST_IN_A_GROUP
from server.submissions.models import Submission
from server.teams.models import Membership


class _Use(NamedTuple):
    team: int
    account: int
    uploads: int


def shared_devices(session: Session, challenge_id: int, *, now: datetime) -> list[Shared]:
    """Return where teams uploaded from one device at one address, the rarest place first.

    An upload and its sighting are of one moment and one account.
    """
    query = (
        sa.select(
            col(Sighting.address),
            col(Sighting.device),
            col(Submission.team_id),
            col(Submission.account_id),
            func.count(),
        )
        .join(
            Submission,
            sa.and_(
                col(Submission.account_id) == col(Sighting.account_id),
                col(Submission.received_at) == col(Sighting.at),
            ),
        )
        .where(
            col(Submission.challenge_id) == challenge_id,
            col(Submission.team_id).is_not(None),
            col(Sighting.what) == "submission",
            *_known(now),
        )
        .group_by(
            col(Sighting.address),
            col(Sighting.device),
            col(Submission.team_id),
            col(Submission.account_id),
        )
    )
    uses: dict[Seen, list[_Use]] = defaultdict(list)
    for address, device, team, account, uploads in session.execute(query):
        uses[Seen(address, device)].append(_Use(team, account, uploads))
    shared = {seen: found for seen, found in uses.items() if len({u.team for u in found}) > 1}
    everywhere = _accounts_of_devices(session, shared, now=now)
    return _rarest(_shared(found, everywhere[seen]) for seen, found in shared.items())


def shared_addresses(session: Session, challenge_id: int, *, now: datetime) -> list[Shared]:
    """Return the addresses that three accounts or more, of at least two teams, came from."""
    query = (
        sa.select(
            col(Sighting.address), col(Membership.team_id), col(Membership.account_id), func.count()
        )
        .join(Membership, col(Membership.account_id) == col(Sighting.account_id))
        .where(col(Membership.challenge_id) == challenge_id, *_known(now))
        .group_by(col(Sighting.address), col(Membership.team_id), col(Membership.account_id))
    )
    uses: dict[str, list[_Use]] = defaultdict(list)
    for address, team, account, times in session.execute(query):
        uses[address].append(_Use(team, account, times))
    shared = {
        address: found
        for address, found in uses.items()
        if len(found) >= MANY_ACCOUNTS and len({u.team for u in found}) > 1
    }
    everywhere = _accounts_of_addresses(session, shared, now=now)
    return _rarest(_shared(found, everywhere[a], uploads=0) for a, found in shared.items())


def _known(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (col(Sighting.at) >= too_old_to_keep(now), col(Sighting.address) != "")


def _shared(found: list[_Use], everywhere: int, *, uploads: int | None = None) -> Shared:
    counted = sum(use.uploads for use in found) if uploads is None else uploads
    return Shared(
        teams=sorted({use.team for use in found})[:MOST_IN_A_GROUP],
        accounts=sorted({use.account for use in found})[:MOST_IN_A_GROUP],
        uploads=counted,
        everywhere=everywhere,
    )


def _rarest(found: Iterable[Shared]) -> list[Shared]:
    """The places first that hardly anybody else uses; a campus is not one of them."""
    return sorted(found, key=lambda s: (s.everywhere - len(s.accounts), -s.uploads))[:MOST_GROUPS]


def _accounts_of_devices(
    session: Session, places: Collection[Seen], *, now: datetime
) -> dict[Seen, int]:
    query = (
        sa.select(
            col(Sighting.address),
            col(Sighting.device),
            func.count(sa.distinct(col(Sighting.account_id))),
        )
        .where(*_known(now))
        .group_by(col(Sighting.address), col(Sighting.device))
    )
    counts = {Seen(a, d): n for a, d, n in session.execute(query)} if places else {}
    return {place: counts[place] for place in places}


def _accounts_of_addresses(
    session: Session, addresses: Collection[str], *, now: datetime
) -> dict[str, int]:
    query = (
        sa.select(col(Sighting.address), func.count(sa.distinct(col(Sighting.account_id))))
        .where(*_known(now))
        .group_by(col(Sighting.address))
    )
    counts = {row[0]: row[1] for row in session.execute(query)} if addresses else {}
    return {address: counts[address] for address in addresses}


def places_in_common(
    session: Session, accounts: Collection[int], *, devices: bool, now: datetime
) -> list[Seen]:
    """Return the addresses (with devices, or without) that all of some accounts came from.

    Read when a report is shown and never stored with it: what is older than 90 days is gone.
    """
    columns = [col(Sighting.address), *([col(Sighting.device)] if devices else [])]
    query = (
        sa.select(*columns)
        .where(col(Sighting.account_id).in_(accounts), *_known(now))
        .group_by(*columns)
        .having(func.count(sa.distinct(col(Sighting.account_id))) == len(accounts))
        .order_by(*columns)
    )
    return [Seen(row[0], row[1] if devices else "") for row in session.execute(query)]
