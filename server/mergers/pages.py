"""Routes for merging two teams."""

from flask import Blueprint, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.mergers.actions import accept_merger
from server.mergers.asking import merge_as_asked
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.teams.attempts import limit_codes
from server.teams.forms import MergeForm
from server.teams.letters import mail_merger
from server.teams.queries import members_of, team_by_id
from server.teams.showing import desk_page, number_in_form, refused_at_desk, slug_of, to_desk

bp = Blueprint("merging", __name__)


@bp.post("/teams/<int:team_id>/merge")
@access(Who.TEAM_MEMBER)
@limit_codes
def merge(team_id: int) -> BaseResponse:
    """Merge one's team into the one whose link was pasted, or ask its captain."""
    form, slug = MergeForm(), slug_of(team_by_id(reading(), team_id))
    if not form.validate_on_submit():
        return desk_page(slug, merge=form)
    try:
        merged = merge_as_asked(team_id, form.code.data)
    except DomainError as error:
        # Not at the field: who does not lead the team, or comes too late, is shown no such form.
        flash(message_of(error), "danger")
        return desk_page(slug, merge=form)
    if merged.asked:
        flash(_("%(team)s has your request: its captain decides.", team=merged.into.name), "info")
    else:
        flash(_("Your teams are one now: %(team)s.", team=merged.into.name), "success")
    return to_desk(merged.into)


@bp.post("/teams/<int:team_id>/merge/accept")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def accept(team_id: int) -> BaseResponse:
    """Let in the team that asked to merge."""
    request_id = number_in_form("request_id")
    with writing() as session:
        into = team_by_id(session, team_id)
        team = accept_merger(session, into=into, request_id=request_id, by=viewer(), now=now())
        accounts = [a for a in members_of(session, team_id) if a.id != viewer().id]
        mail_merger(session, team=into, merged=team.name, accounts=accounts, now=now())
        session.commit()
    flash(_("%(team)s is part of your team now.", team=team.name), "success")
    return to_desk(into)
