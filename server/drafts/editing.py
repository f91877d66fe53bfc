"""From what a step's form has to what the draft's definition says, and back. Pure."""

from collections.abc import Mapping
from typing import Any

from server.drafts.documents import moment_text, phase_of, phases_of, section
from server.drafts.models import ChallengeDraft
from server.drafts.zones import local_text, to_utc
from server.folders.definition import as_title
from server.shared.errors import N_, Conflict, Invalid
from server.trials.settings_typed import parts_of

MEGABYTE = 1_000_000
MOST_QUESTIONS, LONGEST_QUESTION = 10, 200
ABOUT = ("title", "summary", "host", "visibility", "licence", "citation")
PERSONAL = {"yes": True, "no": False}


def listed(text: str | None) -> list[str]:
    """Return what is separated by commas or lines, each once."""
    return list(dict.fromkeys(parts_of(text or "")))


def lines(text: str | None) -> list[str]:
    """Return what stands on lines, each once."""
    return list(dict.fromkeys(part.strip() for part in (text or "").splitlines() if part.strip()))


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says something: a definition has no empty keys."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def about_of(draft: ChallengeDraft) -> dict[str, Any]:
    """Return what the form About is filled with."""
    definition = draft.definition
    privacy = section(definition, "privacy")
    said = privacy.get("personal_data")
    personal = "" if said is None else "yes" if said else "no"
    return {
        **{name: definition.get(name, "") for name in ABOUT},
        "visibility": definition.get("visibility", "public"),
        "slug": draft.slug,
        "tags": ", ".join(definition.get("tags") or ()),
        "personal_data": personal,
        "contact": privacy.get("contact", ""),
        "statement": privacy.get("statement", ""),
    }


def write_about(draft: ChallengeDraft, typed: Mapping[str, Any]) -> None:
    """Write the form About into a draft; the address of a live challenge stays."""
    privacy = without_empty({"contact": typed["contact"], "statement": typed["statement"]})
    if typed["personal_data"] in PERSONAL:
        privacy["personal_data"] = PERSONAL[typed["personal_data"]]
    values = {name: typed[name] for name in ABOUT} | {"tags": listed(typed["tags"])[:20]}
    rest = {k: v for k, v in draft.definition.items() if k not in {*values, "privacy"}}
    draft.definition = without_empty({**values, **rest, "privacy": privacy})
    if draft.challenge_id is None:
        draft.slug = typed["slug"]


def submission_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of the submitted file is filled with."""
    found = section(definition, "submission")
    ids = found.get("id_column", "id")
    return {
        "sample": found.get("sample", ""),
        "id_column": ", ".join(ids) if isinstance(ids, list) else ids,
        "labels": "\n".join(found.get("labels") or ()),
        "max_mb": max(1, found.get("max_bytes", 20 * MEGABYTE) // MEGABYTE),
    }


def write_submission(draft: ChallengeDraft, typed: Mapping[str, Any]) -> None:
    """Write the form of the submitted file into a draft."""
    ids = listed(typed["id_column"])
    draft.definition["submission"] = without_empty(
        {
            "sample": typed["sample"],
            "id_column": ids[0] if len(ids) == 1 else ids,
            "labels": lines(typed["labels"]),
            "max_bytes": typed["max_mb"] * MEGABYTE,
        }
    )


def teams_of(draft: ChallengeDraft) -> dict[str, Any]:
    """Return what the form of teams is filled with."""
    found = section(draft.definition, "teams")
    registration = section(draft.definition, "registration")
    return {
        "max_size": found.get("max_size", 4),
        "same_university": found.get("same_university", True),
        "join": found.get("join", "open"),
        "lock_at": local_text(found.get("lock_at"), draft.zone),
        "registration": registration.get("mode", "open"),
        "ask": "\n".join(registration.get("ask") or ()),
        "invited": "\n".join(draft.invited),
    }


def write_teams(draft: ChallengeDraft, typed: Mapping[str, Any]) -> None:
    """Write the form of teams into a draft. Raises Invalid."""
    lock_at = None
    if (typed["lock_at"] or "").strip():
        try:
            lock_at = moment_text(to_utc(typed["lock_at"], draft.zone))
        except Invalid as error:
            raise Invalid(error.message, field="lock_at") from error
    draft.definition["teams"] = without_empty(
        {
            "max_size": typed["max_size"],
            "same_university": typed["same_university"],
            "join": typed["join"],
            "lock_at": lock_at,
        }
    )
    questions = lines(typed["ask"])
    if len(questions) > MOST_QUESTIONS or any(len(text) > LONGEST_QUESTION for text in questions):
        raise Invalid(
            N_("At most %(most)s questions, of %(length)s characters each."),
            field="ask",
            most=MOST_QUESTIONS,
            length=LONGEST_QUESTION,
        )
    mode = typed["registration"]
    draft.definition["registration"] = (
        {"mode": mode, "ask": questions} if mode == "approval" else {}
    )


def phase_typed(phase: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """Return what the form of a phase is filled with."""
    return {
        "slug": phase.get("slug", ""),
        "title": phase.get("title") or as_title(str(phase.get("slug", ""))),
        "zone": zone,
        "starts": local_text(phase.get("starts"), zone),
        "ends": local_text(phase.get("ends"), zone),
        **{
            name: phase.get(name, default)
            for name, default in (
                ("per_day", 5),
                ("total", 100),
                ("ranking", "best"),
                ("select", 2),
                ("reveal", "at_end"),
                ("admit_top", None),
            )
        },
    }


def write_phase(draft: ChallengeDraft, old: str | None, typed: Mapping[str, Any]) -> None:
    """Write the form of a phase into a draft; `old`: the short name of the one it was.

    Raises:
        Invalid: another phase has its short name.
    """
    phases = phases_of(draft.definition)
    others = [phase["slug"] for phase in phases if phase.get("slug") != old]
    if typed["slug"] in others:
        raise Invalid(N_("Another phase has this short name."), field="slug")
    known = phase_of(draft.definition, old) if old else None
    kept = {k: (known or {"public_fraction": 0.3}).get(k) for k in ("public_fraction", "split")}
    if known is None and others:
        kept["public_fraction"] = phases[-1].get("public_fraction")
    phase = without_empty({**_phase(typed), **kept})
    if known is None:
        phases.append(phase)
    else:
        phases = [phase if one.get("slug") == old else one for one in phases]
    draft.definition["phases"] = sorted(phases, key=lambda one: str(one.get("starts")))
    draft.zone = typed["zone"]


def _phase(typed: Mapping[str, Any]) -> dict[str, Any]:
    zone = typed["zone"]
    return {
        "slug": typed["slug"],
        "title": typed["title"],
        "starts": moment_text(to_utc(typed["starts"], zone)),
        "ends": moment_text(to_utc(typed["ends"], zone)),
        "per_day": typed["per_day"],
        "total": typed["total"],
        "ranking": typed["ranking"],
        "select": typed["select"] or 2,
        "reveal": typed["reveal"],
        "admit_top": typed["admit_top"],
    }


def remove_phase(draft: ChallengeDraft, slug: str) -> None:
    """Take a phase out of a draft."""
    rest = [phase for phase in phases_of(draft.definition) if phase.get("slug") != slug]
    draft.definition["phases"] = rest


def split_typed(phase: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of a split is filled with."""
    split, fraction = section(phase, "split"), phase.get("public_fraction")
    by = split.get("by") or ("rows" if fraction else "usage")
    return {
        "by": by,
        "public_percent": _plain(round(100 * fraction, 6)) if fraction else 30,
        "column": split.get("column", ""),
        "public": ", ".join(split.get("public") or ()),
    }


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def write_split(draft: ChallengeDraft, slug: str, typed: Mapping[str, Any]) -> None:
    """Write the form of a split into a phase. Raises Conflict."""
    phase = phase_of(draft.definition, slug)
    if phase is None:
        raise Conflict(N_("This phase is gone."))
    by = typed["by"]
    split = None
    if by in ("group", "time", "column"):
        split = {"by": by, "column": typed["column"]}
        split |= {"public": listed(typed["public"])} if by == "column" else {}
    fraction = typed["public_percent"] if by in ("rows", "group", "time") else None
    phase["split"] = split
    phase["public_fraction"] = round(fraction / 100, 6) if fraction else None
    phases = phases_of(draft.definition)
    draft.definition["phases"] = [
        without_empty(phase) if one.get("slug") == slug else one for one in phases
    ]


def rename_page(draft: ChallengeDraft, old: str, new: str) -> None:
    """Give a tab another name, in its place. Raises Invalid."""
    if new != old and new in draft.pages:
        raise Invalid(N_("There is a tab of this name already."), field="slug")
    draft.pages = {new if slug == old else slug: text for slug, text in draft.pages.items()}
    order = draft.definition.get("pages")
    if isinstance(order, list):
        draft.definition["pages"] = [new if slug == old else slug for slug in order]
