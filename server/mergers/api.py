"""The JSON route that merges two teams."""

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.mergers.asking import merge_as_asked
from server.shared.access import Who, access
from server.shared.web import reading, viewer
from server.teams.attempts import limit_codes
from server.teams.queries import team_view
from server.teams.views import TeamOut

bp = APIBlueprint("merging_api", __name__, url_prefix="/api/v1", tag="Teams")


class MergeTeam(BaseModel):
    """The team to become part of."""

    code: str = Field(description="The other team's invite code, or its whole invite link.")


@bp.post("/teams/<int:team_id>/merge")
@access(Who.TEAM_MEMBER)
@limit_codes
@bp.input(MergeTeam, arg_name="body")
@bp.output(TeamOut)
@bp.doc(
    summary="Merge a team into another",
    operation_id="mergeTeams",
    responses={
        202: "The other captain has the request: the teams are still two.",
        401: "Not signed in.",
        403: "Not the captain, or of another university.",
        404: "The code opens no team.",
        409: "Too many members or submissions for one team, or teams are locked.",
        422: "The body is not acceptable.",
        429: "Too many codes in a short time.",
    },
)
def merge_by_api(team_id: int, body: MergeTeam) -> tuple[TeamOut, int]:
    """The team of the code is kept and answered; the one in the address becomes part of it."""
    merged = merge_as_asked(team_id, body.code)
    shown = TeamOut.model_validate(team_view(reading(), merged.into, viewer().id))
    return shown, 202 if merged.asked else 200
