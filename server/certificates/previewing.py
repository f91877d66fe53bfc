"""What a hand-out of levels would change: reckoned by the worker, shown as of when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.boards.versions import look_at_all, version_of
from server.certificates.evidence import level_awards
from server.certificates.issuing import Step, What, changes_first, steps_to
from server.certificates.models import LevelPreview, Standard
from server.certificates.queries import about_standard, challenges_named, counts_about
from server.shared.database import Database

MOST_PREVIEWED = 100
# What no version knows of, such as another name, is taken in when the page is opened so late.
LASTS = timedelta(minutes=10)


class PreviewedStep(NamedTuple):
    """A step as the table of them shows it."""

    what: What
    body: Mapping[str, Any]


class Previewed(NamedTuple):
    """What is known of a hand-out; `as_of` None: nothing yet. `current`: nothing changed since."""

    as_of: datetime | None
    current: bool
    counts: Mapping[str, int]
    steps: Sequence[PreviewedStep]

    @property
    def more(self) -> int:
        """How many people are not listed."""
        return sum(self.counts.values()) - len(self.steps)


def preview_version(session: Session, standard: Standard) -> str:
    """Return what changes with every result and certificate that a hand-out is made of."""
    ids = sorted(challenge.id or 0 for challenge in challenges_named(session, standard))
    look_at_all(session, ids)
    handed_out = sorted(counts_about(session, about_standard(standard.id)).items())
    rules = [standard.title, standard.issuer, standard.levels, standard.updated_at]
    said = [rules, [version_of(session, number) for number in ids], handed_out]
    return sha256(repr(said).encode()).hexdigest()


def previewed(session: Session, standard: Standard, *, now: datetime) -> Previewed:
    """Return what was reckoned last; without `current` it is to be asked for again."""
    row = session.get(LevelPreview, standard.id)
    if row is None:
        return Previewed(None, False, {}, [])
    current = row.version == preview_version(session, standard) and now < row.as_of + LASTS
    return Previewed(row.as_of, current, row.counts, _named(session, row.first))


def _named(session: Session, first: Sequence[Mapping[str, Any]]) -> list[PreviewedStep]:
    """Return steps with the names as they are now: none is kept of who is gone."""
    ids = [step["account"] for step in first]
    query = select(Account.id, Account.name).where(col(Account.id).in_(ids))
    names = dict(session.exec(query).all())
    return [
        PreviewedStep(
            What(step["what"]),
            {"holder": {"name": names.get(step["account"], "")}, "level": {"level": step["level"]}},
        )
        for step in first
    ]


def reckon(database: Database, standard_id: int, *, now: datetime) -> None:
    """Reckon what a hand-out would change, and keep it; called again, it changes nothing."""
    with database.reading() as session:
        standard = session.get(Standard, standard_id)
        if standard is None or previewed(session, standard, now=now).current:
            return
        version = preview_version(session, standard)
        awards = level_awards(session, standard)
        steps = steps_to(session, about_standard(standard_id), awards)
    row = LevelPreview(
        standard_id=standard_id,
        version=version,
        as_of=now,
        counts=dict(Counter(step.what.value for step in steps)),
        first=[_kept(step) for step in changes_first(steps)[:MOST_PREVIEWED]],
    )
    with database.writing() as session:
        if session.get(Standard, standard_id) is not None:
            session.merge(row)
            session.commit()


def _kept(step: Step) -> dict[str, Any]:
    level = step.body["level"]["level"]
    return {"account": step.account_id, "what": step.what.value, "level": level}
