"""Routes for merging two teams."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.mergers.actions import accept_merger
from server.mergers.asking import merge_as_asked
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.teams.attempts import limit_codes
from server.teams.letters import mail_merger
from server.teams.models import Team
from server.teams.queries import challenge_of, members_of, team_by_id
from server.teams.showing import number_in_form

bp = Blueprint("merging", __name__)


@bp.post("/teams/<int:team_id>/merge")
@access(Who.TEAM_MEMBER)
@limit_codes
def merge(team_id: int) -> Response:
    """Merge one's team into the one whose link was pasted, or ask its captain."""
    team = team_by_id(reading(), team_id)
    try:
        merged = merge_as_asked(team_id, request.form.get("code", ""))
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


def _to_desk(team: Team) -> Response:
    slug = challenge_of(reading(), team).slug
    return redirect(url_for("teams.mine", slug=slug), 303)
