"""A live challenge as the definition that its folder's `challenge.toml` would hold now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from server.challenges.file_queries import files_of
from server.challenges.models import Challenge, ChallengeFile, Phase
from server.challenges.queries import page_heads, phases_of
from server.challenges.rules import Registering
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.folders.definition import as_slug, as_title
from server.folders.files import DATA, STARTER
from server.submissions.models import Submission

PRIVATE = "private"
SAMPLE = "sample_submission"


class PhaseNow(NamedTuple):
    """A phase, what scores it, and its baselines."""

    phase: Phase
    evaluation: Evaluation | None
    baselines: Sequence[Submission]


def definition_of(session: Session, challenge: Challenge) -> dict[str, Any]:
    """Return a live challenge's definition in JSON form: deployed again, it changes nothing.

    Its keys are those of `challenge.toml`, its times text such as 2026-11-01T00:00:00Z; what is
    at its default and empty is left out. Rows say how things stand now; what no row holds (the
    names of the sample and of hidden files) is as it was last deployed.
    """
    assert challenge.id is not None
    kept = dict(challenge.definition or {})
    phases = phases_now(session, challenge.id)
    files = files_of(session, challenge.id)
    pages = [page.slug for page in page_heads(session, challenge.id)]
    # A key that came with a later version, and that no row has, stays as it was deployed.
    made = {
        **kept,
        "title": challenge.title,
        "summary": challenge.summary,
        "host": challenge.host,
        "tags": list(challenge.tags),
        "pages": pages,
        "visibility": challenge.visibility.value,
        "licence": challenge.licence,
        "citation": challenge.citation,
        "privacy": _privacy(challenge, kept.get("privacy") or {}),
        "submission": _submission(challenge, phases, files, kept.get("submission") or {}),
        "scoring": _scoring(challenge, phases, kept.get("scoring") or {}),
        "teams": _teams(challenge, kept.get("teams") or {}),
        "registration": _registration(challenge),
        "course": _course(challenge, kept.get("course") or {}),
        "phases": [_phase(now, _by_slug(kept, now.phase.slug)) for now in phases],
        "baselines": baseline_lines(phases, kept.get("baselines") or ()),
        "files": _files(files, kept.get("files") or ()),
    }
    return {
        name: _compact(value) for name, value in made.items() if value not in ("", [], {}, None)
    }


def phases_now(session: Session, challenge_id: int) -> list[PhaseNow]:
    """Return a challenge's phases in their order, with what scores each and its baselines."""
    return [
        PhaseNow(phase, live_evaluation(session, phase.id), _baselines(session, phase.id))
        for phase in phases_of(session, challenge_id)
    ]


def _baselines(session: Session, phase_id: int | None) -> Sequence[Submission]:
    query = (
        select(Submission)
        .where(
            Submission.phase_id == phase_id,
            col(Submission.team_id).is_(None),
            col(Submission.baseline).is_not(None),
            col(Submission.withdrawn_at).is_(None),
        )
        .order_by(col(Submission.id))
    )
    return session.exec(query).all()


def _compact(value: Any) -> Any:
    """Leave out what says nothing: a key without a value."""
    if isinstance(value, Mapping):
        return {name: _compact(item) for name, item in value.items() if item is not None}
    return [_compact(item) for item in value] if isinstance(value, list) else value


def _privacy(challenge: Challenge, kept: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        **kept,
        "personal_data": challenge.personal_data,
        "contact": challenge.privacy_contact or None,
        "statement": challenge.privacy or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _submission(
    challenge: Challenge,
    phases: Sequence[PhaseNow],
    files: Sequence[ChallengeFile],
    kept: Mapping[str, Any],
) -> dict[str, Any]:
    columns = list(_spec_of(phases).get("id_columns") or challenge.id_column.split(", "))
    return {
        **kept,
        "id_column": columns[0] if len(columns) == 1 else columns,
        "sample": _sample(files, kept.get("sample")),
        "labels": None if challenge.labels is None else list(challenge.labels),
        "max_bytes": challenge.max_bytes,
    }


def _sample(files: Sequence[ChallengeFile], kept: str | None) -> str:
    """Name the sample: as it was deployed, else the file that is called so."""
    if kept:
        return kept
    names = [file.name for file in files]
    called = [name for name in names if name.startswith(SAMPLE)]
    called += [name for name in names if "sample" in name]
    return f"{DATA}/{(called or names or [f'{SAMPLE}.csv'])[0]}"


def _spec_of(phases: Sequence[PhaseNow]) -> Mapping[str, Any]:
    """Return how phases are scored, of those that have an evaluation the last."""
    specs = [now.evaluation.spec for now in phases if now.evaluation is not None]
    return specs[-1] if specs else {}


def _scoring(
    challenge: Challenge, phases: Sequence[PhaseNow], kept: Mapping[str, Any]
) -> dict[str, Any]:
    spec = _spec_of(phases)
    return {
        **kept,
        **_metric(challenge, phases),
        "also": list(challenge.also),
        "input": spec.get("kind", kept.get("input")),
        "unit_column": spec.get("unit_column", kept.get("unit_column")),
    }


def _metric(challenge: Challenge, phases: Sequence[PhaseNow]) -> dict[str, Any]:
    """Name the metric: that of the live evaluations where they agree, as after a correction."""
    used = [
        {"scorer": now.evaluation.spec["scorer"], "params": dict(now.evaluation.spec["params"])}
        for now in phases
        if now.evaluation is not None
    ]
    if used and all(each == used[0] for each in used):
        return used[0]
    return {"scorer": challenge.scorer, "params": dict(challenge.params)}


def _teams(challenge: Challenge, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **kept,
        "max_size": challenge.max_size,
        "same_university": challenge.same_university,
        "join": challenge.joining.value,
        "lock_at": None if challenge.lock_at is None else written(challenge.lock_at),
    }


def _registration(challenge: Challenge) -> dict[str, Any]:
    if challenge.registering is Registering.OPEN and not challenge.asks:
        return {}
    return {"mode": challenge.registering.value, "ask": list(challenge.asks)}


def _course(challenge: Challenge, kept: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        "anonymous": challenge.anonymous,
        "late_days": challenge.late_days,
        "grading": challenge.grading,
    }
    return {**kept, **said} if kept or any(said.values()) else {}


def _by_slug(kept: Mapping[str, Any], slug: str) -> Mapping[str, Any]:
    return next((p for p in kept.get("phases") or () if p.get("slug") == slug), {})


def _phase(now: PhaseNow, kept: Mapping[str, Any]) -> dict[str, Any]:
    phase = now.phase
    spec = kept if now.evaluation is None else now.evaluation.spec
    return {
        **kept,
        "slug": phase.slug,
        "title": phase.title or as_title(phase.slug),
        "starts": written(phase.starts),
        "ends": written(phase.ends),
        "solution": kept.get("solution") or f"{PRIVATE}/solution_{phase.slug}.csv",
        "public_fraction": spec.get("public_fraction"),
        "split": spec.get("split") or _by_chance(kept),
        # Which rows are public is the evaluation's now: a whole archive writes it anew.
        "usage": None,
        "per_day": phase.per_day,
        "total": phase.total,
        "ranking": phase.ranking.value,
        "select": phase.select,
        "reveal": phase.reveal.value,
        "admit_top": phase.admit_top,
    }


def usage_file(slug: str) -> str:
    """Name the table that says which rows of a phase are public, beside its solution."""
    return f"{PRIVATE}/usage_{slug}.csv"


def _by_chance(kept: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return a split that an evaluation does not name: one of rows, by the fraction alone."""
    split = kept.get("split")
    return split if split and not split.get("column") else None


def baseline_lines(
    phases: Sequence[PhaseNow], kept: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Return the baselines on the boards: name, phase, and the file, as it was named or anew."""
    named = {(line["name"], line["phase"]): line["file"] for line in kept}
    return [
        {
            "name": row.baseline or "",
            "phase": now.phase.slug,
            "file": named.get((row.baseline or "", now.phase.slug)) or _baseline_file(now, row),
        }
        for now in phases
        for row in now.baselines
    ]


def _baseline_file(now: PhaseNow, row: Submission) -> str:
    suffix = "".join(PurePosixPath(row.filename).suffixes[-2:]) or ".csv"
    return f"{PRIVATE}/baseline_{as_slug(row.baseline or '')}_{now.phase.slug}{suffix}"


def _files(rows: Sequence[ChallengeFile], kept: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Say what the rows say of the files: as it was said, or what their names alone don't say."""
    now = [(row.name, row.description) for row in rows]
    said = [(line["name"], line.get("description") or "") for line in kept]
    if _listed(now, said) == now:
        return list(kept)
    in_folder = [pair for row, pair in zip(rows, now, strict=True) if not starts_from(rows, row)]
    enough = next(n for n in range(len(now) + 1) if _listed(now, in_folder[:n]) == now)
    return [{"name": name, "description": words or None} for name, words in in_folder[:enough]]


def _listed(
    files: Sequence[tuple[str, str]], said: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return files as a folder with them lists them, where its definition says this of them."""
    order = {name: position for position, (name, _) in enumerate(said)}
    words = dict(said)
    usual = sorted((name for name, _ in files), key=lambda name: (name == STARTER, name))
    named = sorted(usual, key=lambda name: order.get(name, len(order)))
    return [(name, words.get(name, "")) for name in named]


def starts_from(rows: Sequence[ChallengeFile], row: ChallengeFile) -> bool:
    """Whether a file is the starter that stands beside data/ in the folder, not in it."""
    return row.name == STARTER and row is rows[-1] and not row.description


def written(moment: datetime) -> str:
    """Write an aware time as a definition has it, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
