"""The page of a challenge's archive: all of it as one file, and the next edition from it."""

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.archives.definitions import definition_of
from server.archives.editions import first_start
from server.archives.exporting import Export, all_members
from server.archives.streaming import zip_stream
from server.challenges.queries import challenge_by_slug
from server.drafts.queries import creates, require_creator
from server.organise.editions import begin_edition, next_slug, next_title, read_start
from server.organise.room import bp
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, services, viewer, writing

# A contest that comes every year begins on the same day of the week.
A_YEAR = timedelta(weeks=52)


@bp.get("/organise/<slug>/archive")
@access(Who.JUDGE)
def archive(slug: str) -> str:
    """Show what an archive holds, and the form of the next edition."""
    return _page(slug)


def _page(slug: str, refused: DomainError | None = None) -> str:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    starts = first_start(definition_of(session, challenge)) + A_YEAR
    title = next_title(session, challenge.title)
    offered = {
        "title": title,
        "slug": next_slug(session, slug, title),
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
    }
    return render_template(
        "organise/archive.html",
        challenge=challenge,
        typed=offered | request.form.to_dict(),
        refused=message_of(refused) if refused else "",
        field=refused.field if refused else None,
        may_create=creates(session, viewer(), services().settings.create_challenges),
    )


@bp.get("/organise/<slug>/archive.zip")
@access(Who.JUDGE)
def archive_file(slug: str) -> Response:
    """Send all of a challenge but its hidden answers, written as it is read."""
    service, moment = services(), now()
    wanted = Export(
        database=service.database,
        challenge_id=challenge_by_slug(reading(), slug).id or 0,
        public_files=service.files,
        with_submissions=request.args.get("submissions") == "yes",
        now=moment,
        site=service.settings.site_name,
    )
    # Of its own session: the answer goes on when the request's is closed.
    session = Session(service.database.read_engine)
    members = all_members(session, challenge_by_slug(session, slug), wanted)
    response = Response(zip_stream(slug, members, now=moment), mimetype="application/zip")
    response.call_on_close(session.close)
    name = f"{slug}-{moment:%Y-%m-%d}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/organise/<slug>/archive/edition")
@access(Who.ORGANISER)
def begin_next(slug: str) -> BaseResponse | tuple[str, int]:
    """Begin the draft of a new edition; a refusal keeps what was typed."""
    require_creator(reading(), viewer(), services().settings.create_challenges)
    try:
        draft_id = _begin(slug)
    except DomainError as error:
        return _page(slug, error), error.status
    flash(
        _("The draft of the new edition is yours: look through its steps, then launch."), "success"
    )
    return redirect(url_for("draft_steps.about", draft_id=draft_id), 303)


def _begin(slug: str) -> int:
    with writing() as session:
        draft = begin_edition(
            session,
            challenge_by_slug(session, slug),
            title=request.form.get("title", ""),
            slug=request.form.get("slug", "").strip(),
            starts=read_start(request.form.get("starts", "")),
            owner_id=viewer().account_id,
            now=now(),
        )
        draft_id = draft.id or 0
        session.commit()
    return draft_id
