"""Writes of deployments: baselines, which are submissions of the organiser."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry
from server.challenges.changes import Change, ChangeKind
from server.challenges.models import Phase
from server.deployments.run import Deployed, Run
from server.folders.contents import BaselineFile, sha256_of
from server.submissions.actions import Received, submit_baseline
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState


def score_baselines_again(session: Session, phase: Phase) -> list[int]:
    """Put the baselines of a phase into the queue again; their ids."""
    query = select(Submission).where(
        Submission.phase_id == phase.id,
        col(Submission.baseline).is_not(None),
        col(Submission.withdrawn_at).is_(None),
    )
    again = session.exec(query).all()
    for submission in again:
        submission.state = SubmissionState.QUEUED
        submission.attempts = 0
        session.add(submission)
    return [s.id for s in again if s.id is not None]


def deploy_baselines(run: Run, phase: Phase, deployed: Deployed) -> None:
    """Make the baselines of a phase what the folder says; what is there no longer is withdrawn."""
    query = select(Submission).where(
        Submission.phase_id == phase.id,
        col(Submission.baseline).is_not(None),
        col(Submission.withdrawn_at).is_(None),
    )
    known = {s.baseline: s for s in run.session.exec(query)}
    for baseline in [b for b in run.folder.baselines if b.phase == phase.slug]:
        sha256 = sha256_of(baseline.path)
        old = known.pop(baseline.name, None)
        if old is not None and old.sha256 == sha256:
            continue
        if old is not None:
            _retire(run, old)
        kind = ChangeKind.ADDED if old is None else ChangeKind.CHANGED
        deployed.changes.append(
            Change(kind, f"baseline {baseline.name} of phase {phase.slug}", "", "")
        )
        deployed.to_score.append(_add_baseline(run, phase, baseline, sha256))
    for name, old in known.items():
        _retire(run, old)
        what = f"baseline {name} of phase {phase.slug}"
        deployed.changes.append(Change(ChangeKind.REMOVED, what, "", ""))


def _add_baseline(run: Run, phase: Phase, baseline: BaselineFile, sha256: str) -> int:
    run.stores.public_files.put(baseline.path, sha256)
    received = Received(baseline.path.name, baseline.size, sha256)
    submission = submit_baseline(
        run.session, phase=phase, name=baseline.name, upload=received, now=run.now
    )
    assert submission.id is not None
    return submission.id


def _retire(run: Run, submission: Submission) -> None:
    """Take a baseline off the board; its file and its score stay."""
    submission.withdrawn_at = run.now
    run.session.add(submission)
    run.session.execute(sa.delete(Entry).where(col(Entry.submission_id) == submission.id))
