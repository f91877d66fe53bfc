"""JSON routes of the teams room."""

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.challenges.queries import challenge_by_slug
from server.shared.access import Who, access
from server.shared.errors import N_, Forbidden
from server.shared.numbers import LARGEST_ID
from server.shared.web import now, reading, viewer, writing
from server.teams import actions, letters
from server.teams.attempts import limit_codes
from server.teams.models import Team
from server.teams.queries import team_by_id, team_view, visible_team
from server.teams.rules import code_in
from server.teams.views import TeamOut

bp = APIBlueprint("teams_api", __name__, url_prefix="/api/v1", tag="Teams")


class NewTeam(BaseModel):
    """A team to be."""

    name: str | None = Field(None, description="Left out, it is called after its captain.")


class JoinTeam(BaseModel):
    """The way into a team."""

    code: str = Field(description="The invite code, or the whole invite link.")


class ChangeTeam(BaseModel):
    """What the captain changes; what is left out stays."""

    name: str | None = None
    captain: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="The account of the member who is to lead."
    )


@bp.post("/challenges/<slug>/teams")
@access(Who.CONFIRMED)
@bp.input(NewTeam, location="json_or_form", arg_name="body")
@bp.output(TeamOut, status_code=201)
@bp.doc(
    summary="Create a team of one",
    operation_id="createTeam",
    responses=[401, 403, 404, 409, 422],
)
def create(slug: str, body: NewTeam) -> TeamOut:
    """Whoever calls leads it. Others come in by its code."""
    with writing() as session:
        team = actions.create_team(
            session,
            challenge=challenge_by_slug(session, slug),
            account_id=viewer().account_id,
            name=body.name,
            now=now(),
        )
        session.commit()
    return team_out(team)


@bp.post("/teams/join")
@access(Who.SIGNED_IN)
@limit_codes
@bp.input(JoinTeam, arg_name="body")
@bp.output(TeamOut)
@bp.doc(
    summary="Join a team",
    operation_id="joinTeam",
    responses={
        202: "The captain has the request: you are not a member yet.",
        401: "Not signed in.",
        403: "Not for this account.",
        404: "The code opens no team.",
        409: "Full, locked, or in a team already.",
        422: "The body is not acceptable.",
        429: "Too many codes in a short time.",
    },
)
def join(body: JoinTeam) -> tuple[TeamOut, int]:
    """200 a member now; 202 where the challenge lets the captain decide."""
    if not viewer().confirmed:
        raise Forbidden(N_("Confirm your e-mail address first."), code="not-confirmed")
    with writing() as session:
        team, asked = actions.join_by_code(
            session, code=code_in(body.code), viewer=viewer(), now=now()
        )
        if asked and asked.anew:
            letters.mail_request(session, team=team, comer=viewer().name, merging=False, now=now())
        session.commit()
    return team_out(team), 202 if asked else 200


@bp.get("/teams/<int:team_id>")
@access(Who.EVERYBODY)
@bp.output(TeamOut)
@bp.doc(summary="Read a team", operation_id="readTeam", responses=[404])
def read(team_id: int) -> TeamOut:
    """For everybody who may see its challenge."""
    return team_out(visible_team(reading(), team_id, viewer()))


@bp.patch("/teams/<int:team_id>")
@access(Who.TEAM_MEMBER)
@bp.input(ChangeTeam, arg_name="body")
@bp.output(TeamOut)
@bp.doc(
    summary="Rename a team or hand it over",
    operation_id="changeTeam",
    responses=[401, 403, 404, 409, 422],
)
def change(team_id: int, body: ChangeTeam) -> TeamOut:
    """For its captain."""
    with writing() as session:
        team = team_by_id(session, team_id)
        if body.name is not None:
            actions.rename(session, team=team, name=body.name, by=viewer(), now=now())
        if body.captain is not None and body.captain != team.captain_id:
            actions.hand_over(session, team=team, account_id=body.captain, by=viewer(), now=now())
            letters.mail_captaincy(session, team=team, now=now())
        session.commit()
    return team_out(team)


@bp.delete("/teams/<int:team_id>/members/<int:account_id>")
@access(Who.TEAM_MEMBER)
@bp.output({}, status_code=204)
@bp.doc(
    summary="Leave a team, or remove a member",
    operation_id="removeMember",
    responses=[401, 403, 404, 409],
)
def remove(team_id: int, account_id: int) -> str:
    """Everybody may leave; only the captain removes."""
    with writing() as session:
        team = team_by_id(session, team_id)
        captain = team.captain_id
        if account_id == viewer().account_id:
            actions.leave(session, team=team, account_id=account_id, now=now())
        else:
            account = actions.remove(
                session, team=team, account_id=account_id, by=viewer(), now=now()
            )
            letters.mail_removal(session, team=team, account=account, now=now())
        if team.captain_id != captain:
            letters.mail_captaincy(session, team=team, now=now())
        session.commit()
    return ""


def team_out(team: Team) -> TeamOut:
    """Return a team as the caller may see it."""
    return TeamOut.model_validate(team_view(reading(), team, viewer().id))
