"""Pages of the teams room: one's own team, and what a member or its captain can do there."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.accounts.queries import account_by_id
from server.challenges.actions import join as join_challenge
from server.challenges.queries import (
    challenge_by_slug,
)
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Forbidden
from server.shared.limits import asker, limiter
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.teams import actions, letters, requests
from server.teams.attempts import limit_codes
from server.teams.desks import is_merger
from server.teams.forms import CreateForm, InviteForm, LinkForm, RenameForm
from server.teams.models import Team
from server.teams.queries import (
    challenge_of,
    size_of,
    team_by_id,
    team_of,
    team_to_join,
    team_view,
)
from server.teams.rules import code_in
from server.teams.showing import (
    desk_page,
    must_accept,
    number_in_form,
    refused_at_desk,
    show_at_field,
    slug_of,
    to_desk,
)

bp = Blueprint("teams", __name__)
# Each sends a message to an address that anybody may type.
INVITATIONS = "30 per hour"
NEW_LINK = N_("The team has a new invite link; the old one opens nothing any more.")


@bp.get("/challenges/<slug>/team")
@access(Who.SEES_CHALLENGE)
def mine(slug: str) -> Response:
    """Show one's team in a challenge, or the ways to one."""
    return desk_page(slug)


@bp.post("/challenges/<slug>/team")
@access(Who.CONFIRMED)
def create(slug: str) -> BaseResponse:
    """Make a team, accepting the rules where that was ticked."""
    form = CreateForm()
    if not form.validate_on_submit():
        return desk_page(slug, create=form)
    try:
        team = _create(slug, form)
    except DomainError as error:
        if error.code == "not-joined":
            error = Forbidden(N_("Without this you can't take part."), field="accept")
        show_at_field(error, form)
        return desk_page(slug, create=form)
    flash(_("%(team)s takes part. Submit, or invite others.", team=team.name), "success")
    return redirect(url_for("teams.mine", slug=slug), 303)


def _create(slug: str, form: CreateForm) -> Team:
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        account_id = viewer().account_id
        if form.accept.data:
            join_challenge(session, challenge=challenge, account_id=account_id, now=now())
        team = actions.create_team(
            session, challenge=challenge, account_id=account_id, name=form.name.data, now=now()
        )
        session.commit()
    return team


@bp.post("/challenges/<slug>/team/link")
@access(Who.SIGNED_IN)
def follow(slug: str) -> BaseResponse:
    """Go to the team whose invite link was pasted."""
    form = LinkForm()
    if not form.validate_on_submit():
        return desk_page(slug, link=form)
    return redirect(url_for("teams.join", code=code_in(form.code.data) or "-"), 303)


@bp.get("/teams/join/<code>")
@access(Who.SIGNED_IN)
@limit_codes
def join(code: str) -> str:
    """Show the team that an invite link opens, and what joining it means."""
    session = reading()
    team = team_to_join(session, code, viewer())
    challenge = challenge_of(session, team)
    account = account_by_id(session, viewer().account_id)
    outlook = actions.outlook(session, team=team, account=account, now=now())
    return render_template(
        "teams/join.html",
        team=team_view(session, team, None),
        challenge=challenge,
        code=code,
        former=team_of(session, challenge.id or 0, viewer().account_id),
        places=challenge.max_size - size_of(session, team.id or 0),
        asks=outlook.asks,
        must_accept=must_accept(challenge.id or 0),
        obstacle=outlook.obstacle and message_of(outlook.obstacle),
        obstacle_code=outlook.obstacle.code if outlook.obstacle else "",
    )


@bp.post("/teams/join/<code>")
@access(Who.SIGNED_IN)
@limit_codes
def enter(code: str) -> BaseResponse:
    """Join the team, or ask its captain."""
    with writing() as session:
        if request.form.get("accept"):
            challenge = challenge_of(session, team_to_join(session, code, viewer()))
            join_challenge(session, challenge=challenge, account_id=viewer().account_id, now=now())
        team, asked = actions.join_by_code(session, code=code, viewer=viewer(), now=now())
        if asked and asked.anew:
            letters.mail_request(session, team=team, comer=viewer().name, merging=False, now=now())
        session.commit()
    if asked:
        flash(_("%(team)s has your request: its captain decides.", team=team.name), "info")
    else:
        flash(_("Welcome to %(team)s.", team=team.name), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/withdraw")
@access(Who.SIGNED_IN)
@refused_at_desk
def withdraw(team_id: int) -> BaseResponse:
    """Take back what one asked a team."""
    with writing() as session:
        team = team_by_id(session, team_id)
        requests.withdraw_request(
            session,
            team=team,
            request_id=number_in_form("request_id"),
            account_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    flash(_("Your request to %(team)s is withdrawn.", team=team.name), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/decide")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def decide(team_id: int) -> BaseResponse:
    """Accept or refuse somebody who asked."""
    accepted = request.form.get("decision") == "accept"
    verb = requests.accept if accepted else requests.refuse
    with writing() as session:
        team, request_id = team_by_id(session, team_id), number_in_form("request_id")
        account = verb(session, team=team, request_id=request_id, by=viewer(), now=now())
        answer = letters.Answer.of(accepted=accepted, merging=is_merger(session, request_id))
        letters.mail_decision(session, team=team, account=account, answer=answer, now=now())
        session.commit()
    said = (
        _("%(person)s is a member now.") if accepted else _("%(person)s was told that you refused.")
    )
    flash(said % {"person": account.name}, "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/leave")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def leave(team_id: int) -> BaseResponse:
    """Leave a team."""
    with writing() as session:
        team = team_by_id(session, team_id)
        captain = team.captain_id
        actions.leave(session, team=team, account_id=viewer().account_id, now=now())
        if team.captain_id != captain:
            letters.mail_captaincy(session, team=team, now=now())
        session.commit()
    flash(_("You left %(team)s.", team=team.name), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/remove")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def remove(team_id: int) -> BaseResponse:
    """Take a member out, as the captain."""
    with writing() as session:
        team = team_by_id(session, team_id)
        account = actions.remove(
            session, team=team, account_id=number_in_form("account_id"), by=viewer(), now=now()
        )
        letters.mail_removal(session, team=team, account=account, now=now())
        session.commit()
    flash(_("%(person)s is no longer in the team.", person=account.name), "success")
    flash(_(NEW_LINK), "info")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/captain")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def captain(team_id: int) -> BaseResponse:
    """Hand the team over to another member."""
    with writing() as session:
        team = team_by_id(session, team_id)
        actions.hand_over(
            session, team=team, account_id=number_in_form("account_id"), by=viewer(), now=now()
        )
        letters.mail_captaincy(session, team=team, now=now())
        session.commit()
    flash(_("%(team)s has a new captain.", team=team.name), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/rename")
@access(Who.TEAM_MEMBER)
def rename(team_id: int) -> BaseResponse:
    """Give the team another name."""
    form, team = RenameForm(), team_by_id(reading(), team_id)
    if not form.validate_on_submit():
        return desk_page(slug_of(team), rename=form)
    try:
        with writing() as session:
            team = team_by_id(session, team_id)
            actions.rename(session, team=team, name=form.name.data, by=viewer(), now=now())
            session.commit()
    except DomainError as error:
        show_at_field(error, form)
        return desk_page(slug_of(team), rename=form)
    flash(_("The team is called %(team)s now.", team=team.name), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/code")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def new_code(team_id: int) -> BaseResponse:
    """Make a new invite link."""
    with writing() as session:
        team = team_by_id(session, team_id)
        actions.renew_code(session, team=team, by=viewer(), now=now())
        session.commit()
    flash(_(NEW_LINK), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/invite")
@access(Who.TEAM_MEMBER)
@limiter.limit(INVITATIONS, key_func=asker)
@refused_at_desk
def invite(team_id: int) -> BaseResponse:
    """Invite an address by mail."""
    form, team = InviteForm(), team_by_id(reading(), team_id)
    if not form.validate_on_submit():
        return desk_page(slug_of(team), invite=form)
    with writing() as session:
        team = team_by_id(session, team_id)
        email = actions.invite(session, team=team, email=form.email.data, by=viewer(), now=now())
        letters.mail_invitation(session, team=team, email=email, inviter=viewer().name, now=now())
        session.commit()
    flash(_("The invitation goes to %(email)s.", email=email), "success")
    return to_desk(team)


@bp.post("/teams/<int:team_id>/uninvite")
@access(Who.TEAM_MEMBER)
@refused_at_desk
def uninvite(team_id: int) -> BaseResponse:
    """Take an invitation back."""
    email = request.form.get("email", "")
    with writing() as session:
        team = team_by_id(session, team_id)
        actions.uninvite(session, team=team, email=email, by=viewer(), now=now())
        session.commit()
    flash(_("The invitation of %(email)s is taken back.", email=email), "success")
    return to_desk(team)
