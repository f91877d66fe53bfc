"""Pages of trials: try a metric on two small files, see the score."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Invalid, NotFound
from server.shared.limits import asker, by_setting, limiter
from server.shared.responses import message_of
from server.shared.uploads import received
from server.shared.web import accepts_upload, now, reading, services, viewer, writing
from server.trials.actions import Wanted, ask
from server.trials.catalogue import Metric, metric_by_name, metrics
from server.trials.examples import ID, example_of
from server.trials.models import Trial
from server.trials.queries import trial_by_id
from server.trials.rules import ENDED, MOST_PASTED, MOST_UPLOADED
from server.trials.settings_typed import PREFIX, choice_text, parts_of, read_settings, typed_text
from server.trials.showing import faults_of

bp = Blueprint("trials", __name__)
UNTIL = ",".join(ENDED)
LONGEST_ID = 9
LONGEST_NAME = 200


@bp.get("/organise/trials")
@access(Who.CREATOR)
def index() -> str:
    """Show the form: a metric with its parameters, and two tables, an example to begin with."""
    metric = metric_by_name(request.args.get("metric", "accuracy"))
    if metric is None:
        raise NotFound(N_("There is no such metric."))
    return _form(metric, _filled(metric))


def _filled(metric: Metric) -> dict[str, str]:
    """Return what the form begins with: the example, and parameters that the address names."""
    example = example_of(metric)
    names = {setting.name for setting in metric.settings}
    values = dict(example.settings) if example else {}
    filled = {
        PREFIX + name: choice_text(v) if isinstance(v, bool) else typed_text(v)
        for name, v in values.items()
        if name in names
    }
    given = {name: text for name, text in request.args.items() if name.startswith(PREFIX)}
    row = _named_row(request.args.get("id_column", ""))
    return {
        "truth": example.with_rows_named(row).truth if example else "",
        "prediction": example.with_rows_named(row).prediction if example else "",
        "id_column": row,
        "draft": request.args.get("draft", "")[:20],
        **filled,
        **given,
    }


def _named_row(text: str) -> str:
    # An example has one column of ids, and its table is written without quotes.
    name = text.strip()[:LONGEST_NAME]
    return name if name and name.isprintable() and parts_of(name) == [name] else ID


def _form(metric: Metric, typed: Mapping[str, str], error: DomainError | None = None) -> str:
    return render_template(
        "trials/index.html",
        metric=metric,
        metrics=metrics(),
        typed=typed,
        back=_back(typed.get("draft", ""), metric.name, typed),
        faults=faults_of(error),
        problem=message_of(error) if error is not None else None,
        prefix=PREFIX,
        choice_text=choice_text,
        typed_text=typed_text,
        most_pasted=MOST_PASTED,
        most_uploaded=MOST_UPLOADED,
    )


def _back(draft: str, metric: str, typed: Mapping[str, str]) -> str | None:
    """Return the address of the draft, at the metric as it was tried; its own gate keeps it."""
    if not (draft.isascii() and draft.isdigit()) or len(draft) > LONGEST_ID:
        return None
    tried = {name: text for name, text in typed.items() if name.startswith(PREFIX) and text}
    return f"/organise/drafts/{draft}/metric?{urlencode({'metric': metric, **tried})}"


def _limit(_session: object, _arguments: dict[str, Any]) -> int:
    return 2 * MOST_UPLOADED + MOST_PASTED


@bp.post("/organise/trials")
@access(Who.CREATOR)
@limiter.limit(by_setting("rate_limit_trials"), key_func=asker)
@accepts_upload(_limit)
def send() -> BaseResponse:
    """Have two tables scored."""
    metric = metric_by_name(request.form.get("metric", ""))
    if metric is None:
        raise NotFound(N_("There is no such metric."))
    try:
        wanted = _wanted(metric)
        with writing() as session:
            trial = ask(session, wanted, account_id=viewer().account_id, now=now())
            session.commit()
    except DomainError as error:
        return Response(_form(metric, request.form, error), error.status)
    services().jobs.send("try", trial_id=trial.id)
    return redirect(url_for("trials.show", trial_id=trial.id), 303)


def _wanted(metric: Metric) -> Wanted:
    """Read the form. Raises Invalid, TooLarge."""
    form = request.form
    truth, prediction = _table("truth"), _table("prediction")
    draft = form.get("draft", "")
    columns = parts_of(form.get("id_column", ID))
    if not columns:
        raise Invalid(N_("Say which column names a row."), field="id_column")
    return Wanted(
        scorer=metric.name,
        params=read_settings(form, metric),
        id_columns=columns,
        truth=truth[0],
        prediction=prediction[0],
        pasted=truth[1] and prediction[1],
        kind=None,
        draft_id=int(draft) if draft.isdigit() and len(draft) <= LONGEST_ID else None,
    )


def _table(name: str) -> tuple[bytes, bool]:
    """Return a table's bytes, and whether it was pasted: an uploaded file comes before a text."""
    file = f"{name}_file"
    if request.files.get(file) is not None and request.files[file].filename:
        return received(request, file).beginning(MOST_UPLOADED + 1), False
    return request.form.get(name, "").encode(), True


@bp.get("/organise/trials/<int:trial_id>")
@access(Who.TRIAL_OWNER)
def show(trial_id: int) -> str:
    """Show a trial and what came out."""
    return render_template("trials/show.html", **_shown(trial_by_id(reading(), trial_id)))


@bp.get("/organise/trials/<int:trial_id>/state")
@access(Who.TRIAL_OWNER)
def state(trial_id: int) -> Response:
    """Say how far a trial is, for the page that waits."""
    values = _shown(trial_by_id(reading(), trial_id))
    html = render_template("trials/_result.html", **values)
    return jsonify({"state": values["trial"].state.value, "html": html})


def _shown(trial: Trial) -> dict[str, Any]:
    typed = {
        PREFIX + name: choice_text(v) if isinstance(v, bool) else typed_text(v)
        for name, v in trial.params.items()
    }
    return {
        "trial": trial,
        "metric": metric_by_name(trial.scorer),
        "report": trial.report or {},
        "until": UNTIL,
        "back": _back(str(trial.draft_id or ""), trial.scorer, typed),
        "id_column": ", ".join(trial.id_columns),
        "truth": trial.truth.decode("utf-8", "replace") if trial.pasted else "",
        "prediction": trial.prediction.decode("utf-8", "replace") if trial.pasted else "",
        "typed": typed,
    }
