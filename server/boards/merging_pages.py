"""Routes for merging two teams, for people and for programs."""

from apiflask import APIBlueprint
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from server.boards.merging import Merged, accept_merger, merge_by_code
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.teams.letters import mail_merger, mail_request
from server.teams.models import Team
from server.teams.queries import challenge_of, members_of, team_by_id, team_view
from server.teams.rules import code_in
from server.teams.showing import number_in_form
from server.teams.views import TeamOut

bp = Blueprint("merging", __name__)
api = APIBlueprint("merging_api", __name__, url_prefix="/api/v1", tag="Teams")


class MergeTeam(BaseModel):
    """The team to become part of."""

    code: str = Field(description="The other team's invite code, or its whole invite link.")


@bp.post("/teams/<int:team_id>/merge")
@access(Who.TEAM_MEMBER)
def merge(team_id: int) -> Response:
    """Merge one's team into the one whose link was pasted, or ask its captain."""
    team = team_by_id(reading(), team_id)
    try:
        merged = _merge(team_id, request.form.get("code", ""))
    except DomainError as error:
        flash(message_of(error), "danger")
        return _to_desk(team)
    if merged.request:
        flash(_("%(team)s has your request: its captain decides.", team=merged.into.name), "info")
    else:
        flash(_("Your teams are one now: %(team)s.", team=merged.into.name), "success")
    return _to_desk(merged.into)


@bp.post("/teams/<int:team_id>/merge/accept")
@access(Who.TEAM_MEMBER)
def accept(team_id: int) -> Response:
    """Let in the team that asked to merge."""
    request_id = number_in_form("request_id")
    with writing() as session:
        into = team_by_id(session, team_id)
        team = accept_merger(session, into=into, request_id=request_id, by=viewer(), now=now())
        accounts = [a for a in members_of(session, team_id) if a.id != viewer().id]
        mail_merger(session, team=into, merged=team.name, accounts=accounts, now=now())
        session.commit()
    flash(_("%(team)s is part of your team now.", team=team.name), "success")
    return _to_desk(into)


@api.post("/teams/<int:team_id>/merge")
@access(Who.TEAM_MEMBER)
@api.input(MergeTeam, arg_name="body")
@api.output(TeamOut)
@api.doc(
    summary="Merge a team into another",
    operation_id="mergeTeams",
    responses={
        202: "The other captain has the request: the teams are still two.",
        401: "Not signed in.",
        403: "Not the captain, or of another university.",
        404: "The code opens no team.",
        409: "Too many members or submissions for one team, or teams are locked.",
        422: "The body is not acceptable.",
    },
)
def merge_by_api(team_id: int, body: MergeTeam) -> tuple[TeamOut, int]:
    """The team of the code is kept and answered; the one in the address becomes part of it."""
    merged = _merge(team_id, body.code)
    shown = TeamOut.model_validate(team_view(reading(), merged.into, viewer().id))
    return shown, 202 if merged.request else 200


def _merge(team_id: int, code: str) -> Merged:
    with writing() as session:
        team = team_by_id(session, team_id)
        merged = merge_by_code(session, team=team, code=code_in(code), by=viewer(), now=now())
        into = merged.into
        if merged.request:
            mail_request(session, team=into, comer=team.name, merging=True, now=now())
        else:
            accounts = [a for a in members_of(session, into.id or 0) if a.id != viewer().id]
            mail_merger(session, team=into, merged=team.name, accounts=accounts, now=now())
        session.commit()
    return merged


def _to_desk(team: Team) -> Response:
    slug = challenge_of(reading(), team).slug
    return redirect(url_for("teams.mine", slug=slug), 303)
