"""Pages of the step Metric: a list to search, and the chosen one's parameters and trial."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from server.drafts.actions import require_same_step
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import id_columns_of, section
from server.drafts.editing import listed, without_empty
from server.drafts.filing import By, look_again
from server.drafts.models import ChallengeDraft
from server.drafts.rules import Step
from server.drafts.serving import address, go_on, render, save
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Invalid
from server.shared.responses import message_of
from server.shared.stamps import stamp_of
from server.shared.web import now, reading, services, viewer, writing
from server.trials.catalogue import Metric, metric_by_name, search, searched
from server.trials.examples import example_of
from server.trials.settings_typed import PREFIX, choice_text, read_settings, typed_text
from server.trials.showing import faults_of

bp = Blueprint("draft_metric", __name__)
KEPT = "metric.py"
MOST_ALSO = 8


@bp.get("/organise/drafts/<int:draft_id>/metric")
@access(Who.DRAFT_PERSON)
def choose(draft_id: int) -> str:
    """Show the metrics to choose from, or the chosen one."""
    desk = desk_of(reading(), draft_id)
    scoring = section(desk.draft.definition, "scoring")
    wanted = request.args.get("metric", "")
    chosen = metric_by_name(wanted or str(scoring.get("scorer", "")))
    if chosen is None or request.args.get("list"):
        return _list(desk, scoring)
    same = chosen.name == scoring.get("scorer")
    tried = {name: text for name, text in request.args.items() if name.startswith(PREFIX)}
    return _one(desk, chosen, _typed(scoring if same else {}) | tried)


def _list(desk: Desk, scoring: Mapping[str, Any]) -> str:
    words, kind = request.args.get("q", "")[:100], request.args.get("kind", "")
    found = search(words, kind)
    return render(
        desk,
        Step.METRIC,
        "drafts/metrics.html",
        metrics=found,
        searched=searched,
        families=[(name, list(group)) for name, group in groupby(found, lambda m: m.family)],
        words=words,
        kind=kind,
        kinds={kind.value: INPUTS[kind].words for kind in InputKind},
        chosen=scoring.get("scorer"),
    )


def _typed(scoring: Mapping[str, Any]) -> dict[str, str]:
    params = scoring.get("params") or {}
    return {
        **{
            f"{PREFIX}{name}": choice_text(v) if isinstance(v, bool) else typed_text(v)
            for name, v in params.items()
        },
        "also": ", ".join(scoring.get("also") or ()),
        "input": scoring.get("input") or "",
        "unit_column": scoring.get("unit_column") or "",
    }


def _one(
    desk: Desk, metric: Metric, typed: Mapping[str, str], error: DomainError | None = None
) -> str:
    return render(
        desk,
        Step.METRIC,
        "drafts/metric.html",
        metric=metric,
        typed=typed,
        choice_text=choice_text,
        typed_text=typed_text,
        prefix=PREFIX,
        example=example_of(metric),
        id_column=", ".join(id_columns_of(desk.draft.definition)),
        faults=faults_of(error),
        problem=message_of(error) if error is not None else None,
        stamp=stamp_of(section(desk.draft.definition, "scoring")),
    )


@bp.post("/organise/drafts/<int:draft_id>/metric")
@access(Who.DRAFT_PERSON)
def save_metric(draft_id: int) -> BaseResponse:
    """Choose a metric with its parameters, or show the page again with what is wrong."""
    metric = metric_by_name(request.form.get("metric", ""))
    if metric is None:
        return redirect(address(draft_id, Step.METRIC), 303)
    try:
        scoring = _scoring(metric, request.form)

        def edit(draft: ChallengeDraft) -> None:
            before = section(draft.definition, "scoring")
            require_same_step(request.form.get("stamp", ""), before)
            draft.definition["scoring"] = scoring

        save(draft_id, Step.METRIC, edit)
    except DomainError as error:
        page = _one(desk_of(reading(), draft_id), metric, request.form, error)
        return Response(page, error.status)
    read_anew(draft_id)
    return go_on(draft_id, Step.METRIC)


def read_anew(draft_id: int) -> None:
    """Have the solutions looked at by what was just changed."""
    with writing() as session:
        jobs = look_again(session, draft_id, By(viewer().account_id, now()))
        session.commit()
    for job_id in jobs:
        services().jobs.send("draft", job_id=job_id)


def _scoring(metric: Metric, form: Mapping[str, str]) -> dict[str, Any]:
    """Read what is chosen. Raises Invalid."""
    kind, also = form.get("input", ""), listed(form.get("also", ""))
    if kind and kind not in metric.kinds:
        raise Invalid(N_("This metric does not read that."), field="input")
    for name in also:
        if metric_by_name(name) is None or name == metric.name or len(also) > MOST_ALSO:
            raise Invalid(
                N_("“%(name)s” can't be shown beside: name other metrics of the list."),
                field="also",
                name=name[:80],
            )
    return {
        "scorer": metric.name,
        **without_empty(
            {
                "params": read_settings(form, metric),
                "also": also,
                "input": kind,
                "unit_column": form.get("unit_column", "").strip()[:200],
            }
        ),
    }
