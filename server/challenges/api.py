"""JSON routes of the challenges room: its files, and joining it."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response, request, url_for
from pydantic import BaseModel, ConfigDict, Field

from server.challenges import actions
from server.challenges.downloads import RANGES, send_stored
from server.challenges.file_queries import file_to_download, files_page
from server.challenges.models import ChallengeFile
from server.challenges.queries import challenge_by_slug
from server.shared.access import Who, access
from server.shared.web import now, reading, services, viewer, writing

bp = APIBlueprint("challenges_api", __name__, url_prefix="/api/v1", tag="Challenges")


class PageQuery(BaseModel):
    """Which part of a list."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")


class FileOut(BaseModel):
    """A file that participants download."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    size: int = Field(description="Bytes.")
    sha256: str
    url: str = Field(description="Where to download it: on this server, with a token.")


class FilesOut(BaseModel):
    """A page of files."""

    total: int
    page: int
    per_page: int
    rows: list[FileOut]


class ParticipationOut(BaseModel):
    """That the caller takes part."""

    challenge: str
    joined_at: datetime


@bp.get("/challenges/<slug>/files")
@access(Who.SEES_CHALLENGE)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(FilesOut)
@bp.doc(summary="List the files of a challenge", operation_id="listFiles")
def files(slug: str, query: PageQuery) -> FilesOut:
    """Names, sizes and hashes are for everybody who sees the challenge."""
    challenge = challenge_by_slug(reading(), slug)
    found = files_page(reading(), challenge, page=query.page, per_page=query.per_page)
    return FilesOut(
        total=found.total,
        page=found.page,
        per_page=found.per_page,
        rows=[_file(slug, row) for row in found.rows],
    )


@bp.get("/challenges/<slug>/files/<path:name>")
@access(Who.SEES_CHALLENGE)
@bp.doc(
    summary="Download a file",
    operation_id="downloadFile",
    responses=RANGES | {403: "Not joined yet."},  # type: ignore[arg-type]
)
def file(slug: str, name: str) -> Response:
    """For those who joined the challenge. Answers single ranges (Range, If-Range) and ETags."""
    found = file_to_download(reading(), slug=slug, name=name, viewer=viewer())
    return send_stored(request, services().files, sha256=found.sha256, name=found.name)


@bp.post("/challenges/<slug>/join")
@access(Who.CONFIRMED)
@bp.output(ParticipationOut)
@bp.doc(summary="Accept the rules and join", operation_id="joinChallenge")
def join(slug: str) -> ParticipationOut:
    """Doing it again changes nothing, or accepts rules that have changed."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        joined = actions.join(
            session, challenge=challenge, account_id=viewer().account_id, now=now()
        )
        session.commit()
    return ParticipationOut(challenge=slug, joined_at=joined.joined_at)


def _file(slug: str, row: ChallengeFile) -> FileOut:
    base = services().settings.base_url.rstrip("/")
    path = url_for("challenges_api.file", slug=slug, name=row.name)
    return FileOut(name=row.name, size=row.size, sha256=row.sha256, url=base + path)
