"""What the demo's people say of themselves, note of their files, and have read already."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.actions import set_language, set_listed
from server.accounts.rules import PageSeenBy
from server.notifications.actions import mark_read
from server.notifications.models import Notification
from server.profiles.actions import clean_profile, keep_profile
from server.shared.access import Viewer
from server.submissions.models import Submission
from server.submissions.notes import write_note

PORTRAITS: list[Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("portraits.toml").read_text(encoding="utf-8")
)["portraits"]
# So many of what one of the demo's own accounts is told are new.
UNREAD = 4
NOTES = (
    "Same folds as Tuesday: 0.004 better in CV. The board agrees, for once.",
    "Do not use again: the scaler was fitted on train and test.",
    "Leonie's idea. Keep.",
)


def introduce(session: Session, accounts: Mapping[str, Viewer], *, now: datetime) -> int:
    """Have people write about themselves; return how many did."""
    for portrait in PORTRAITS:
        at = now - timedelta(days=9)
        account_id = accounts[portrait["who"]].account_id
        profile = clean_profile(
            account_id=account_id,
            bio=portrait["bio"],
            links="\n".join(portrait["links"]),
            shows_university=True,
            shows_certificates=True,
            left_out=[],
        )
        seen_by = PageSeenBy(portrait["seen_by"])
        keep_profile(session, profile=profile, seen_by=seen_by, now=at)
        set_listed(session, account_id=account_id, listed=portrait["listed"], now=at)
    return len(PORTRAITS)


def note(session: Session, account_id: int, *, now: datetime) -> None:
    """Have somebody note something of the own team's latest files."""
    query = (
        select(Submission)
        .where(Submission.account_id == account_id)
        .order_by(col(Submission.received_at).desc())
        .limit(len(NOTES))
    )
    for submission, text in zip(session.exec(query).all(), NOTES, strict=False):
        write_note(session, submission, text=text, account_id=account_id, now=now)


def settle(session: Session, account_id: int, zone: str, *, now: datetime) -> None:
    """Choose a time zone, and read all but the newest of what one was told."""
    set_language(session, account_id=account_id, language="", time_zone=zone, now=now)
    told = (
        select(Notification.id)
        .where(Notification.account_id == account_id)
        .order_by(col(Notification.created_at).desc(), col(Notification.id).desc())
        .offset(UNREAD)
    )
    for number in session.exec(told).all():
        mark_read(session, account_id=account_id, number=number or 0, now=now)


def date_scores_back(session: Session, phase_id: int, *, until: datetime) -> None:
    """Say of a phase's submissions that each was scored as it came, as in the month that is told.

    The worker scored them now: after the moment since which the board stands still, and so nobody
    who sent one would have taken part as the frozen standings have it.
    """
    of_phase = (col(Submission.phase_id) == phase_id, col(Submission.received_at) < until)
    session.execute(
        sa.update(Submission)
        .where(*of_phase, col(Submission.scored_at) >= until)
        .values(scored_at=Submission.received_at)
    )
