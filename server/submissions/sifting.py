"""A team's own submissions: those of a phase, in a state, or with words in them."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.shared.paging import Page, page_of
from server.submissions.models import Submission, SubmissionNote
from server.submissions.rules import WAITING, SubmissionState


class Sift(NamedTuple):
    """Which of a team's submissions are wanted: of a phase, in a state, with words in them."""

    phase_id: int | None = None
    state: str = ""
    q: str = ""

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a submission has to fulfil."""
        found: list[sa.ColumnElement[bool]] = []
        if self.phase_id is not None:
            found.append(col(Submission.phase_id) == self.phase_id)
        if self.state == "waiting":
            found.append(col(Submission.state).in_(WAITING))
        elif self.state == "picked":
            found.append(col(Submission.selected).is_(True))
        elif self.state:
            found.append(col(Submission.state) == SubmissionState(self.state))
        if self.q:
            found.append(self._words())
        return found

    def _words(self) -> sa.ColumnElement[bool]:
        noted = sa.select(col(SubmissionNote.submission_id)).where(
            col(SubmissionNote.submission_id) == col(Submission.id),
            col(SubmissionNote.text).icontains(self.q, autoescape=True),
        )
        return sa.or_(
            col(Submission.filename).icontains(self.q, autoescape=True),
            col(Submission.comment).icontains(self.q, autoescape=True),
            noted.exists(),
        )


EVERYTHING = Sift()


def own_submissions(
    session: Session,
    *,
    team_id: int,
    challenge_id: int,
    page: int,
    per_page: int,
    sift: Sift = EVERYTHING,
) -> Page[Submission]:
    """Return a page of a team's submissions, newest first."""
    query = (
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.challenge_id == challenge_id,
            *sift.conditions,
        )
        .order_by(col(Submission.received_at).desc(), col(Submission.id).desc())
    )
    return page_of(session, query, page=page, per_page=per_page)
