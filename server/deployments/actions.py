"""Writes of deployments: a folder whole, with each phase's solution and baselines."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from scorers.evaluate import EvaluationSpec
from scorers.facts import facts_of
from server.boards.anonymity import follow_anonymity
from server.boards.models import Entry, KeptEntry
from server.boards.rebuilding import rebuild_board
from server.challenges.actions import DeployResult, deploy_challenge
from server.challenges.changes import Change, ChangeKind
from server.challenges.deployment import PhaseUse
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.deployments.baselines import deploy_baselines, score_baselines_again
from server.deployments.drawing import (
    KEPT,
    bases_under,
    differs,
    drawn_as,
    facts_under,
    split_words,
    stored,
)
from server.deployments.run import Deployed, Run
from server.evaluations.actions import add_evaluation
from server.evaluations.models import Evaluation, Replicates, Rescore, Rung, Score
from server.evaluations.queries import live_evaluation, open_evaluations
from server.evaluations.rescores import queue_rescoring
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import SolutionReport
from server.folders.contents import Folder
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.shared.storage import Stores
from server.submissions.late_days import require_late_days
from server.submissions.models import Submission
from server.submissions.queries import has_submissions
from server.teams.announcements import ask_to_tell
from server.teams.drawing import draw_names
from server.teams.models import ExtraSubmissions


def deploy(
    session: Session,
    folder: Folder,
    *,
    stores: Stores,
    organisers: Collection[str] = (),
    new_evaluation: bool = False,
    replicates: int = 1000,
    reason: str = "",
    actor_id: int | None = None,
    now: datetime,
) -> Deployed:
    """Make a challenge, its solutions and its baselines what the folder says; again, no change.

    The solution or the metric of a phase with submissions is never replaced: with
    `new_evaluation` it becomes the next evaluation, scored beside the live one.

    Raises:
        Conflict: a running phase would be scored otherwise, and `new_evaluation` is not given;
            or late days that were used would be taken back.
    """
    use = PhaseUse(
        has_submissions=partial(has_submissions, session), forget=partial(forget_phase, session)
    )
    result = deploy_challenge(
        session,
        folder,
        files=stores.public_files,
        use=use,
        organisers=organisers,
        allow_breaking=new_evaluation,
        actor_id=actor_id,
        now=now,
    )
    _keep_late_days(session, result)
    _follow_anonymity(session, result)
    run = Run(session, folder, stores, new_evaluation, replicates, reason, actor_id, now)
    deployed = Deployed(result, list(result.changes))
    for phase in result.phases:
        _deploy_solution(run, phase, deployed)
        deploy_baselines(run, phase, deployed)
        _follow_policy(run, phase, result)
        _follow_deadline(run, phase, result)
    session.flush()
    return deployed


def _keep_late_days(session: Session, result: DeployResult) -> None:
    """Refuse late days that would take back what a class was told."""
    what = (ChangeKind.CHANGED, "late_days")
    moved = next((c for c in result.changes if (c.kind, c.what) == what), None)
    if moved is not None:
        days = result.challenge.late_days
        require_late_days(session, result.challenge, before=int(moved.before), after=days)


def _follow_anonymity(session: Session, result: DeployResult) -> None:
    """Draw the teams' names where a board becomes anonymous, and name no university there."""
    if "anonymous" not in {c.what for c in result.changes if c.kind is ChangeKind.CHANGED}:
        return
    if result.challenge.anonymous:
        draw_names(session, result.challenge)
    follow_anonymity(session, result.challenge)


def _follow_policy(run: Run, phase: Phase, result: DeployResult) -> None:
    """Rebuild a board whose ranking policy the deployment changed."""
    policies = {f"phase {phase.slug} ranking", f"phase {phase.slug} select"}
    live = live_evaluation(run.session, phase.id)
    _refuse_late_ladder(run, phase, {change.what for change in result.changes})
    if live is not None and policies & {change.what for change in result.changes}:
        rebuild_board(run.session, phase=phase, evaluation=live)


def _follow_deadline(run: Run, phase: Phase, result: DeployResult) -> None:
    """Log from where to where a deadline was moved, whichever way, and have the teams told."""
    what = (ChangeKind.CHANGED, f"phase {phase.slug} ends")
    moved = next((c for c in result.changes if (c.kind, c.what) == what), None)
    if moved is None or phase.revealed_at is not None:
        return
    record(
        run.session,
        "phase.moved",
        at=run.now,
        actor_id=run.actor_id,
        challenge_id=phase.challenge_id,
        subject_id=phase.id,
        before=moved.before,
        ends=moved.after,
    )
    if has_submissions(run.session, phase.id or 0):
        _tell_of_deadline(run, phase, result, before=datetime.fromisoformat(moved.before))


def _tell_of_deadline(run: Run, phase: Phase, result: DeployResult, *, before: datetime) -> None:
    challenge = result.challenge
    said = {"phase": phase.title, "ends": phase.ends.isoformat()}
    if phase.ends < before:
        said |= {"case": "earlier", "before": before.isoformat()}
    ask_to_tell(
        run.session,
        challenge,
        kind="deadline_moved",
        said=said,
        link=f"/challenges/{challenge.slug}",
        now=run.now,
    )


def _refuse_late_ladder(run: Run, phase: Phase, changed: set[str]) -> None:
    """Refuse a ladder over scores that everybody has seen: what it is to hide is out."""
    begins = phase.ranking is Ranking.LADDER and f"phase {phase.slug} ranking" in changed
    if begins and has_submissions(run.session, phase.id or 0):
        raise Conflict(
            N_(
                "The phase %(phase)s has submissions, whose scores were shown: it can't become a "
                "ladder now. Give the ladder a phase of its own."
            ),
            phase=phase.slug,
        )


def _deploy_solution(run: Run, phase: Phase, deployed: Deployed) -> None:
    solution = run.folder.solution_of(phase.slug)
    live = live_evaluation(run.session, phase.id)
    spec = replace(run.folder.spec_for(phase.slug), replicates=run.replicates)
    if live is not None and _stands(run, live, solution.sha256, spec):
        return
    used = live is not None and has_submissions(run.session, phase.id or 0)
    bases = bases_under(run, phase, solution, spec) if used else []
    split = split_words(solution, spec, bases) if used else ""
    # Stored before anything refers to it; a file nothing refers to is harmless.
    spec = drawn_as(run, live, spec, bases) if live is not None and used else stored(run, spec)
    run.stores.hidden_files.put(solution.path, solution.sha256)
    facts = facts_under(run, solution, spec)
    if used and not run.new_evaluation:
        raise Conflict(
            N_(
                "The phase %(phase)s has submissions and would be scored otherwise. Deploy with "
                "--new-evaluation: it is scored beside the live board, and nothing changes "
                "before you put it live."
            ),
            code="solution-differs",
            phase=phase.slug,
        )
    if live is not None and not used:
        live.state = EvaluationState.PAST
        run.session.add(live)
        run.session.flush()
    state = EvaluationState.SCORING if used else EvaluationState.LIVE
    evaluation = add_evaluation(
        run.session,
        phase=phase,
        state=state,
        solution_sha256=solution.sha256,
        spec=json.loads(spec.to_json()),
        scorer_version=facts_of(spec.scorer, spec.params, spec.code).version,
        rows=SolutionReport(
            rows=facts.rows, public_rows=facts.public_rows, private_rows=facts.private_rows
        ),
        reason=run.reason,
        actor_id=run.actor_id,
        now=run.now,
    )
    _note_evaluation(deployed, phase, evaluation, live)
    if split:
        kind = ChangeKind.KEPT if split == KEPT else ChangeKind.CHANGED
        deployed.changes.append(Change(kind, f"rows of phase {phase.slug}", "", split))
    if used:
        deployed.to_rescore += queue_rescoring(run.session, evaluation)
    elif live is not None:
        deployed.to_score += score_baselines_again(run.session, phase)


def _stands(run: Run, live: Evaluation, sha256: str, spec: EvaluationSpec) -> bool:
    """Whether the phase is scored as the folder says: by the live evaluation or by one beside it.

    One beside it was asked for by an earlier deployment; a second of the same kind would score
    every submission again for nothing.
    """
    known = [live, *open_evaluations(run.session, live.phase_id)]
    return any(not differs(run, one, sha256, spec) for one in known)


def _note_evaluation(
    deployed: Deployed, phase: Phase, evaluation: Evaluation, live: Evaluation | None
) -> None:
    kind = ChangeKind.ADDED if live is None else ChangeKind.CHANGED
    before = f"evaluation {live.number}" if live else ""
    after = f"evaluation {evaluation.number}: {_metric_of(evaluation)}, "
    after += f"{evaluation.rows_public:,} public and {evaluation.rows_private:,} private rows"
    after += "" if evaluation.state is EvaluationState.LIVE else " (scored beside the live one)"
    deployed.changes.append(Change(kind, f"solution of phase {phase.slug}", before, after))


def _metric_of(evaluation: Evaluation) -> str:
    """Name the metric; one of the organiser's own with its version, which names its text."""
    if evaluation.spec.get("code") is None:
        return evaluation.scorer
    return f"{evaluation.scorer} ({evaluation.scorer_version})"


def forget_phase(session: Session, phase_id: int) -> None:
    """Remove what hangs on a phase without submissions of teams, so that it can be removed."""
    submissions = select(Submission.id).where(Submission.phase_id == phase_id)
    evaluations = select(Evaluation.id).where(Evaluation.phase_id == phase_id)
    scores = select(Score.id).where(col(Score.evaluation_id).in_(evaluations))
    deletions: tuple[Any, ...] = (
        sa.delete(Entry).where(col(Entry.phase_id) == phase_id),
        sa.delete(KeptEntry).where(col(KeptEntry.evaluation_id).in_(evaluations)),
        sa.delete(Replicates).where(col(Replicates.score_id).in_(scores)),
        sa.delete(Rung).where(col(Rung.score_id).in_(scores)),
        sa.delete(Score).where(col(Score.evaluation_id).in_(evaluations)),
        sa.delete(Rescore).where(col(Rescore.submission_id).in_(submissions)),
        sa.delete(Evaluation).where(col(Evaluation.phase_id) == phase_id),
        sa.delete(ExtraSubmissions).where(col(ExtraSubmissions.phase_id) == phase_id),
        sa.delete(Submission).where(col(Submission.phase_id) == phase_id),
    )
    for deletion in deletions:
        session.execute(deletion)
