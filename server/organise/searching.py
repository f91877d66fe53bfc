"""Reads for lists of submissions: what an organiser looks for, and in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.submission_views import SubmissionView, views_of
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.evaluations.models import Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.organise.needs import LONG
from server.shared.paging import Page, clamp, page_of
from server.submissions.models import Submission
from server.submissions.rules import WAITING, SubmissionState
from server.teams.models import Team
from server.teams.rules import name_key
from server.universities.models import University


class Sort(StrEnum):
    """The order of a list; those by score are of one phase, the best first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PUBLIC = "public"
    PRIVATE = "private"


class Filter(NamedTuple):
    """Which submissions an organiser looks at; what is empty leaves all in.

    `state`: a state, `withdrawn` or `disqualified`. `since` and `until` are days in UTC, both
    inclusive. `look`: those that somebody should look at. `by` is the order.
    """

    state: str = ""
    phase: str = ""
    team: int | None = None
    q: str = ""
    university: str = ""
    since: date | None = None
    until: date | None = None
    late: bool = False
    look: bool = False
    by: Sort = Sort.NEWEST

    @property
    def as_arguments(self) -> dict[str, str]:
        """The arguments of an address that asks for the same."""
        said = {
            **{name: str(value) for name, value in self._asdict().items() if value},
            **{name: "yes" for name in ("late", "look") if getattr(self, name)},
        }
        said.pop("by")
        return said | ({} if self.by is Sort.NEWEST else {"by": self.by.value})

    @property
    def narrows_a_phase(self) -> bool:
        """Whether it leaves anything of a phase out."""
        return self._replace(phase="").narrows

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self._replace(by=Sort.NEWEST).as_arguments)


def all_submissions(
    session: Session,
    challenge: Challenge,
    wanted: Filter,
    *,
    now: datetime,
    page: int,
    per_page: int,
) -> tuple[Page[Submission], list[SubmissionView]]:
    """Return a page of all submissions of a challenge that a filter leaves in, with both scores."""
    conditions = _conditions(wanted, challenge.id or 0, now)
    evaluation_id = _scored_by(session, challenge, wanted)
    if evaluation_id is not None:
        higher = challenge.higher_is_better
        query = _by_score(wanted.by, evaluation_id, conditions, higher=higher)
        counted = None if wanted.narrows_a_phase else _scores(wanted.by, evaluation_id)
    else:
        counted = None
        query = select(col(Submission.id)).where(*conditions).order_by(*_order(wanted))
    found = _page(session, query, page, per_page, counted=counted, apart=not wanted.q)
    return found, views_of(session, found.rows, for_organisers=True)


def _page(
    session: Session, query: Any, page: int, per_page: int, *, counted: Any, apart: bool
) -> Page[Any]:
    """Return a page of the submissions whose ids a query selects, in its order.

    `counted`: a cheaper query of how many there are. `apart`: they are counted by a query of their
    own; else, where what is asked for costs a look at each row, with the page in one go.
    """
    page, per_page = clamp(page, per_page)
    if apart and counted is None:
        found = page_of(session, query, page=page, per_page=per_page)
        return replace(found, rows=_rows(session, found.rows))
    wanted = query if apart else query.add_columns(func.count().over())
    rows = session.execute(wanted.limit(per_page).offset((page - 1) * per_page)).all()
    total = session.execute(counted).scalar_one() if apart else rows[0][-1] if rows else 0
    return Page(total, page, per_page, _rows(session, [row[0] for row in rows]))


def _scores(by: Sort, evaluation_id: int) -> Any:
    return (
        select(func.count())
        .select_from(Score)
        .where(Score.evaluation_id == evaluation_id, Score.board == Board(by.value))
    )


def _rows(session: Session, ids: Sequence[int]) -> list[Submission]:
    """Return submissions in the order of their ids as given."""
    query = select(Submission).where(col(Submission.id).in_(ids))
    known = {row.id: row for row in session.exec(query)}
    return [known[i] for i in ids if i in known]


def everything(challenge_id: int, wanted: Filter, *, now: datetime) -> Any:
    """Return the query of everything that a filter leaves in, in no order."""
    return select(Submission).where(*_conditions(wanted, challenge_id, now))


def count_up_to(
    session: Session, challenge_id: int, wanted: Filter, *, most: int, now: datetime
) -> int:
    """Return how many submissions a filter leaves in, counted to `most` at the utmost."""
    found = select(col(Submission.id)).where(*_conditions(wanted, challenge_id, now)).limit(most)
    return session.exec(select(func.count()).select_from(found.subquery())).one()


def scored_phase(session: Session, challenge: Challenge, wanted: Filter) -> Phase | None:
    """Return the phase that an order by score is of: the one chosen, else the only one."""
    phases = phases_of(session, challenge.id or 0)
    chosen = [phase for phase in phases if phase.slug == wanted.phase] if wanted.phase else phases
    return chosen[0] if len(chosen) == 1 else None


def _scored_by(session: Session, challenge: Challenge, wanted: Filter) -> int | None:
    """Return the evaluation whose scores a list is sorted by; None: by time."""
    if wanted.by not in (Sort.PUBLIC, Sort.PRIVATE):
        return None
    phase = scored_phase(session, challenge, wanted)
    evaluation = live_evaluation(session, phase.id) if phase else None
    return evaluation.id if evaluation else None


def _by_score(
    by: Sort, evaluation_id: int, conditions: list[sa.ColumnElement[bool]], *, higher: bool
) -> Any:
    value = col(Score.value).desc() if higher else col(Score.value).asc()
    return (
        select(col(Score.submission_id))
        .join(Submission, col(Submission.id) == col(Score.submission_id))
        .where(Score.evaluation_id == evaluation_id, Score.board == Board(by.value), *conditions)
        .order_by(value, col(Score.submission_id))
    )


def _order(wanted: Filter) -> tuple[Any, ...]:
    """Return the order by time: of one state by the index that has both."""
    columns: list[Any] = [col(Submission.id)]
    if wanted.state in list(SubmissionState) or wanted.look:
        columns = [col(Submission.received_at), col(Submission.id)]
    return tuple(c.asc() if wanted.by is Sort.OLDEST else c.desc() for c in columns)


def _conditions(wanted: Filter, challenge_id: int, now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        col(Submission.challenge_id) == challenge_id,
        *_of_state(wanted.state),
        *_of_place(wanted, challenge_id),
        *_of_time(wanted),
        *([col(Submission.late).is_(True)] if wanted.late else []),
        *([_to_look_at(now)] if wanted.look else []),
        *([_holds(wanted.q, challenge_id)] if wanted.q else []),
    ]


def _of_state(state: str) -> Iterator[sa.ColumnElement[bool]]:
    if state in list(SubmissionState):
        yield col(Submission.state) == SubmissionState(state)
    if state == "withdrawn":
        yield col(Submission.withdrawn_at).is_not(None)
    if state == "disqualified":
        yield col(Submission.disqualified_at).is_not(None)


def _of_place(wanted: Filter, challenge_id: int) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.team is not None:
        yield col(Submission.team_id) == wanted.team
    if wanted.phase:
        phases = select(Phase.id).where(
            Phase.challenge_id == challenge_id, Phase.slug == wanted.phase
        )
        yield col(Submission.phase_id).in_(phases)
    if wanted.university:
        yield col(Submission.team_id).in_(_teams_of(wanted.university, challenge_id))


def _teams_of(university: str, challenge_id: int) -> Any:
    """Name the teams of universities by a short name, or by part of a name."""
    named = sa.or_(
        col(University.slug) == university.lower(),
        col(University.name).icontains(university, autoescape=True),
        col(University.native_name).icontains(university, autoescape=True),
    )
    return (
        select(Team.id)
        .join(University, col(University.id) == col(Team.university_id))
        .where(Team.challenge_id == challenge_id, named)
    )


def _of_time(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.since is not None:
        yield col(Submission.received_at) >= _midnight(wanted.since)
    if wanted.until is not None and wanted.until < date.max:
        yield col(Submission.received_at) < _midnight(wanted.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _to_look_at(now: datetime) -> sa.ColumnElement[bool]:
    """Say what somebody should look at: what failed, and what has waited for too long."""
    failed = col(Submission.state) == SubmissionState.FAILED
    return sa.and_(
        col(Submission.state).in_([SubmissionState.FAILED, *WAITING]),
        col(Submission.withdrawn_at).is_(None),
        col(Submission.disqualified_at).is_(None),
        sa.or_(failed, col(Submission.received_at) < now - LONG),
    )


def _holds(text: str, challenge_id: int) -> sa.ColumnElement[bool]:
    teams = select(Team.id).where(
        Team.challenge_id == challenge_id,
        col(Team.name_key).contains(name_key(text), autoescape=True),
    )
    return sa.or_(
        col(Submission.team_id).in_(teams),
        col(Submission.filename).icontains(text, autoescape=True),
        col(Submission.comment).icontains(text, autoescape=True),
        col(Submission.baseline).icontains(text, autoescape=True),
        col(Submission.sha256).startswith(text.lower(), autoescape=True),
    )
