"""What the pages of teams share: the desk with its forms, refusals at fields, the way back."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form

from server.challenges.queries import challenge_frame, participation_of, rules_digest
from server.shared.errors import N_, DomainError, Invalid
from server.shared.numbers import row_number
from server.shared.responses import message_of, refused_at
from server.shared.web import now, reading, viewer
from server.teams.desks import desk_of, requests_by
from server.teams.forms import CreateForm, InviteForm, LinkForm, MergeForm, RenameForm
from server.teams.given import given_in
from server.teams.letters import invite_link
from server.teams.models import Team
from server.teams.queries import challenge_of, team_by_id, team_of, team_view


def desk_page(slug: str, **filled: Form) -> Response:
    """Render one's team in a challenge, with the forms that were not accepted."""
    session, asker = reading(), viewer()
    frame = challenge_frame(session, slug=slug, viewer=asker, now=now(), active="team")
    team = team_of(session, frame.challenge.id or 0, asker.id) if asker.id else None
    return Response(
        render_template(
            "teams/mine.html",
            **frame.context(),
            **_forms(team, filled),
            team=team and team_view(session, team, asker.id),
            row=team,
            link=team and invite_link(team),
            desk=desk_of(session, frame.challenge, team, now()),
            asked=requests_by(session, frame.challenge.id or 0, asker.id) if asker.id else [],
            given=given_in(session, frame.challenge, team) if team else [],
            must_accept=must_accept(frame.challenge.id or 0),
        ),
        422 if filled else 200,
    )


def _forms(team: Team | None, filled: dict[str, Form]) -> dict[str, Any]:
    # An untouched form does not read the request: what was typed stands in one form only.
    return {
        "create_form": filled.get("create") or CreateForm(formdata=None),
        "rename_form": filled.get("rename")
        or RenameForm(formdata=None, name=team.name if team else ""),
        "invite_form": filled.get("invite") or InviteForm(formdata=None),
        "merge_form": filled.get("merge") or MergeForm(formdata=None),
        "link_form": filled.get("link") or LinkForm(formdata=None),
    }


def must_accept(challenge_id: int) -> bool:
    """Whether the viewer has rules to accept before taking part."""
    joined = participation_of(reading(), challenge_id, viewer().id)
    return joined is None and bool(rules_digest(reading(), challenge_id))


def show_at_field(error: DomainError, form: Form, fields: dict[str, str] | None = None) -> None:
    """Put a refusal under the field it is about; another one goes on."""
    name = error.field or (fields or {}).get(error.code, "")
    if name not in form:
        raise error
    form[name].errors = [*form[name].errors, message_of(error)]


def number_in_form(name: str) -> int:
    """Return a hidden number of a button's form. Raises Invalid."""
    try:
        return row_number(request.form[name])
    except (KeyError, ValueError) as error:
        raise Invalid(N_("The form is not complete: open the page again.")) from error


def slug_of(team: Team) -> str:
    """Return the slug of a team's challenge."""
    return challenge_of(reading(), team).slug


def to_desk(team: Team) -> BaseResponse:
    """Go back to the team's page."""
    return redirect(url_for("teams.mine", slug=slug_of(team)), 303)


def _back_to_desk(team_id: int) -> BaseResponse:
    return to_desk(team_by_id(reading(), team_id))


refused_at_desk = refused_at(_back_to_desk)
