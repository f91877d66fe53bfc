"""What the keys of a definition are called at the steps of the browser, and their values there."""

import json
import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from server.drafts.documents import moment_of
from server.drafts.file_forms import SubmissionForm
from server.drafts.forms import AboutForm, TeamsForm
from server.drafts.phase_forms import PhaseForm, SplitForm
from server.drafts.zones import local_text
from server.shared.errors import N_

MEGABYTE = 1_000_000
# By the table of the definition, "" for the top; columns of the database's rows are among them.
FIELDS: dict[str, dict[str, Any]] = {
    "": {
        name: getattr(AboutForm, name)
        for name in ("title", "summary", "host", "tags", "visibility", "licence", "citation")
    }
    | {
        "personal_data": AboutForm.personal_data,
        "privacy_contact": AboutForm.contact,
        "privacy": AboutForm.statement,
        "id_column": SubmissionForm.id_column,
        "labels": SubmissionForm.labels,
        "max_bytes": SubmissionForm.max_mb,
        "max_size": TeamsForm.max_size,
        "same_university": TeamsForm.same_university,
        "joining": TeamsForm.join,
        "lock_at": TeamsForm.lock_at,
        "registering": TeamsForm.registration,
        "asks": TeamsForm.ask,
    },
    "privacy": {
        "personal_data": AboutForm.personal_data,
        "contact": AboutForm.contact,
        "statement": AboutForm.statement,
    },
    "submission": {
        "sample": SubmissionForm.sample,
        "id_column": SubmissionForm.id_column,
        "labels": SubmissionForm.labels,
        "max_bytes": SubmissionForm.max_mb,
    },
    "teams": {
        "max_size": TeamsForm.max_size,
        "same_university": TeamsForm.same_university,
        "join": TeamsForm.join,
        "lock_at": TeamsForm.lock_at,
    },
    "registration": {"mode": TeamsForm.registration, "ask": TeamsForm.ask},
    "phases": {
        name: getattr(PhaseForm, name)
        for name in (
            *("slug", "title", "starts", "ends", "per_day", "total"),
            *("ranking", "select", "reveal", "admit_top"),
        )
    }
    | {"public_fraction": SplitForm.public_percent, "split": SplitForm.by},
}
# What has no field of a form of this name.
OTHERS = {
    "header": N_("Columns of the sample submission"),
    "scorer": N_("Metric"),
    "params": N_("Parameters of the metric"),
    "also": N_("Shown beside, not ranked by"),
    "higher_is_better": N_("Higher is better"),
    "unit_column": N_("Rows that belong together"),
    "position": N_("Place in the order"),
    "markdown": N_("Text"),
    "description": N_("What it is"),
    "solution": N_("Solution"),
    "anonymous": N_("Anonymous board"),
    "late_days": N_("Late days"),
    "grading": N_("Grading"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CODE = re.compile(r"[\[\]{}]")


def field_name(table: str, key: str) -> str:
    """Return what a key is called on its form, or the key itself where no form has it."""
    field = FIELDS.get(table, {}).get(key)
    if field is not None:
        return str(field.args[0])
    return _(OTHERS[key]) if key in OTHERS else key.replace("_", " ")


def field_of_key(key: str) -> str:
    """Return the field that a mistake's key is about: "phases[0].ends" is “Ends”; "" for none."""
    names = [part for part in re.split(r"[.\[\]]+", key) if part and not part.isdigit()]
    if not names:
        return ""
    if len(names) == 1:
        return field_name("", names[0]) if names[0] in FIELDS[""] or names[0] in OTHERS else ""
    return field_name(names[0], names[1])


def value_shown(table: str, key: str, text: str, zone: str) -> str:
    """Return a value, as a deployment writes it, as the form has it; times in the draft's zone."""
    if text in ("none", "", "[]", "{}"):
        return "–"
    chosen = _chosen(FIELDS.get(table, {}).get(key), key, text)
    if chosen:
        return chosen
    if key == "position" and text.isdigit():
        return str(int(text) + 1)
    if key == "max_bytes" and text.isdigit():
        return str(_("%(count)s MB", count=f"{int(text) / MEGABYTE:g}"))
    return in_zone(text, zone) if _MOMENT.search(text) else _listed(text)


def _chosen(field: Any, key: str, text: str) -> str:
    """Return the words of a choice; "" where nothing is chosen from."""
    choices = dict(getattr(field, "kwargs", {}).get("choices") or ())
    if key == "personal_data":
        text = "yes" if text == "true" else "no"
    words = {"true": _("yes"), "false": _("no")}
    return str(choices.get(text) or words.get(text) or "")


def in_zone(text: str, zone: str) -> str:
    """Return a text with its moments of UTC written in a zone, which is named."""

    def local(found: re.Match[str]) -> str:
        return f"{local_text(moment_of(found.group()), zone).replace('T', ' ')} ({zone})"

    return _MOMENT.sub(local, text)


def _listed(text: str) -> str:
    """Write a list or a table of JSON as people do; of a long text its number of lines."""
    lines = re.fullmatch(r"(\d+) lines \([0-9a-f]+\)", text)
    if lines:
        return str(ngettext("%(num)s line", "%(num)s lines", int(lines[1])))
    if not _CODE.match(text):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else text
