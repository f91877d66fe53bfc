"""Pages of the steps About, Phases and Teams."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from sqlalchemy.orm import object_session
from werkzeug.wrappers import Response as BaseResponse

from server.accounts.addresses import read_addresses
from server.drafts.actions import require_same_step
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import phase_of, phases_of
from server.drafts.editing import (
    about_of,
    phase_typed,
    remove_phase,
    teams_of,
    write_about,
    write_phase,
    write_teams,
)
from server.drafts.filing import follow_phase
from server.drafts.forms import AboutForm, TeamsForm
from server.drafts.models import ChallengeDraft
from server.drafts.phase_forms import PhaseForm
from server.drafts.rules import MOST_PHASES, Step
from server.drafts.serving import address, render, save, saved
from server.drafts.timeline import timeline_of
from server.drafts.zones import USUAL, read_zone
from server.shared.access import Who, access
from server.shared.errors import N_, Conflict, NotFound
from server.shared.stamps import stamp_of
from server.shared.web import now, reading

bp = Blueprint("draft_steps", __name__)


@bp.get("/organise/drafts/<int:draft_id>/about")
@access(Who.DRAFT_PERSON)
def about(draft_id: int) -> str:
    """Show what the challenge is."""
    desk = desk_of(reading(), draft_id)
    return _about(desk, AboutForm(data=about_of(desk.draft)))


def _about(desk: Desk, form: AboutForm) -> str:
    stamp = stamp_of(about_of(desk.draft))
    return render(desk, Step.ABOUT, "drafts/about.html", form=form, stamp=stamp)


@bp.post("/organise/drafts/<int:draft_id>/about")
@access(Who.DRAFT_PERSON)
def save_about(draft_id: int) -> BaseResponse:
    """Save what the challenge is."""
    form = AboutForm()

    def edit(draft: ChallengeDraft) -> None:
        require_same_step(request.form.get("stamp", ""), about_of(draft))
        write_about(draft, form.data)

    return saved(draft_id, Step.ABOUT, form, edit, lambda desk: _about(desk, form))


@bp.get("/organise/drafts/<int:draft_id>/teams")
@access(Who.DRAFT_PERSON)
def teams(draft_id: int) -> str:
    """Show who may compete together."""
    desk = desk_of(reading(), draft_id)
    return _teams(desk, TeamsForm(data=teams_of(desk.draft)))


def _teams(desk: Desk, form: TeamsForm) -> str:
    stamp = stamp_of(teams_of(desk.draft))
    return render(desk, Step.TEAMS, "drafts/teams.html", form=form, stamp=stamp)


@bp.post("/organise/drafts/<int:draft_id>/teams")
@access(Who.DRAFT_PERSON)
def save_teams(draft_id: int) -> BaseResponse:
    """Save who may compete together."""
    form = TeamsForm()

    def edit(draft: ChallengeDraft) -> None:
        require_same_step(request.form.get("stamp", ""), teams_of(draft))
        draft.invited = read_addresses(form.invited.data or "", field="invited")
        write_teams(draft, form.data)

    return saved(draft_id, Step.TEAMS, form, edit, lambda desk: _teams(desk, form))


@bp.get("/organise/drafts/<int:draft_id>/phases")
@access(Who.DRAFT_PERSON)
def phases(draft_id: int) -> str:
    """Show the phases on a line of time."""
    return _phases(desk_of(reading(), draft_id))


def _phases(desk: Desk) -> str:
    return render(
        desk,
        Step.PHASES,
        "drafts/phases.html",
        phases=phases_of(desk.draft.definition),
        timeline=timeline_of(desk.draft.definition, now=now()),
        zones=USUAL,
        typed=phase_typed,
    )


@bp.post("/organise/drafts/<int:draft_id>/zone")
@access(Who.DRAFT_PERSON)
def save_zone(draft_id: int) -> BaseResponse:
    """Keep the zone in which the organisers write times."""
    zone = read_zone(request.form.get("zone", ""))

    def edit(draft: ChallengeDraft) -> None:
        draft.zone = zone

    save(draft_id, Step.PHASES, edit)
    return redirect(address(draft_id, Step.PHASES), 303)


@bp.get("/organise/drafts/<int:draft_id>/phases/new")
@access(Who.DRAFT_PERSON)
def new_phase(draft_id: int) -> str:
    """Ask for a new phase: it begins when the last one ends."""
    desk = desk_of(reading(), draft_id)
    known = phases_of(desk.draft.definition)
    begins = known[-1].get("ends") if known else None
    values = phase_typed({"slug": _free_slug(known), "starts": begins}, desk.draft.zone)
    return _phase(desk, PhaseForm(data=values | {"title": ""}), None)


def _free_slug(known: list[dict[str, Any]]) -> str:
    taken = {phase.get("slug") for phase in known}
    return next(slug for slug in "abcdefghijklmnopqrstuvwxyz" if slug not in taken)


def _phase(desk: Desk, form: PhaseForm, slug: str | None) -> str:
    known = phase_of(desk.draft.definition, slug) if slug else None
    index = next(
        (i for i, p in enumerate(phases_of(desk.draft.definition)) if p.get("slug") == slug), None
    )
    return render(
        desk,
        Step.PHASES,
        "drafts/phase.html",
        form=form,
        phase=known,
        is_first=index == 0 or (index is None and not phases_of(desk.draft.definition)),
        stamp=stamp_of(known),
        zones=USUAL,
    )


@bp.post("/organise/drafts/<int:draft_id>/phases/new")
@access(Who.DRAFT_PERSON)
def add_phase(draft_id: int) -> BaseResponse:
    """Add a phase."""
    return _save_phase(draft_id, None)


@bp.get("/organise/drafts/<int:draft_id>/phases/<phase>")
@access(Who.DRAFT_PERSON)
def edit_phase(draft_id: int, phase: str) -> str:
    """Show a phase to be changed."""
    desk = desk_of(reading(), draft_id)
    known = _known(desk.draft, phase)
    return _phase(desk, PhaseForm(data=phase_typed(known, desk.draft.zone)), phase)


@bp.post("/organise/drafts/<int:draft_id>/phases/<phase>")
@access(Who.DRAFT_PERSON)
def change_phase(draft_id: int, phase: str) -> BaseResponse:
    """Change a phase."""
    return _save_phase(draft_id, phase)


def _save_phase(draft_id: int, slug: str | None) -> BaseResponse:
    form = PhaseForm()

    def edit(draft: ChallengeDraft) -> None:
        known = _known(draft, slug) if slug else None
        require_same_step(request.form.get("stamp", ""), known)
        if slug is None and len(phases_of(draft.definition)) >= MOST_PHASES:
            raise Conflict(N_("A challenge has at most %(most)s phases."), most=MOST_PHASES)
        write_phase(draft, slug, form.data | {"zone": form.known_zone})
        session = object_session(draft)
        if slug is not None and session is not None:
            follow_phase(session, draft.id or 0, slug, str(form.slug.data))

    return saved(draft_id, Step.PHASES, form, edit, lambda desk: _phase(desk, form, slug))


def _known(draft: ChallengeDraft, slug: str) -> dict[str, Any]:
    known = phase_of(draft.definition, slug)
    if known is None:
        raise NotFound(N_("This draft has no phase %(slug)s."), slug=slug)
    return known


@bp.post("/organise/drafts/<int:draft_id>/phases/<phase>/remove")
@access(Who.DRAFT_PERSON)
def drop_phase(draft_id: int, phase: str) -> Response | BaseResponse:
    """Take a phase out."""
    save(draft_id, Step.PHASES, lambda draft: remove_phase(draft, phase))
    return redirect(address(draft_id, Step.PHASES), 303)
