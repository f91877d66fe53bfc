"""The JSON of a person's page: what the page says, to whom the person shows it."""

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.boards.schemas import NamedTeam, NamedUniversity
from server.profiles.portfolio import Result, person_page
from server.shared.access import Who, access
from server.shared.web import reading, viewer

bp = APIBlueprint("people_api", __name__, url_prefix="/api/v1", tag="Profiles")


class ResultOut(BaseModel):
    """A team of the person's, and its place on the last board that everybody may see."""

    challenge: str
    team: NamedTeam
    phase: str | None = Field(description="Whose board it is; null: none yet.")
    final: bool
    rank: int | None
    rank_range: tuple[int, int] | None = Field(
        description="The ranks that chance alone would let the team have."
    )
    teams: int | None = Field(description="How many the board ranks.")


class PersonOut(BaseModel):
    """What a person shows; never an address."""

    id: int
    name: str
    university: NamedUniversity | None
    bio: str
    links: list[str]
    results: list[ResultOut]


@bp.get("/people/<int:account_id>")
@access(Who.EVERYBODY)
@bp.output(PersonOut)
@bp.doc(summary="Get a person's page", operation_id="getPerson", responses=[404])
def person(account_id: int) -> PersonOut:
    """Answer 404 also for a page that the person does not show to the caller."""
    page = person_page(reading(), account_id, viewer())
    university = NamedUniversity.model_validate(page.university) if page.university else None
    return PersonOut(
        id=account_id,
        name=page.account.name,
        university=university,
        bio=page.profile.bio,
        links=page.profile.links,
        results=[_result(result) for result in page.results],
    )


def _result(result: Result) -> ResultOut:
    place = result.place
    return ResultOut(
        challenge=result.challenge.slug,
        team=NamedTeam.model_validate(result.team),
        phase=place.phase.slug if place else None,
        final=result.is_final,
        rank=place.rank if place else None,
        rank_range=result.rank_range,
        teams=place.teams if place else None,
    )
