"""Changing a live challenge: a draft of what it is now, applied when its organisers say so."""

from flask import Blueprint, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.archives.definitions import definition_of
from server.archives.holdings import held_files
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, pages_of
from server.drafts.actions import GivenFile, begin_draft
from server.drafts.models import ChallengeDraft
from server.drafts.queries import draft_of_challenge, zone_of_challenge
from server.drafts.rules import FileKind
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing

bp = Blueprint("draft_changes", __name__)


@bp.get("/organise/<slug>/change")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Say how a live challenge is changed, and where the open draft of it is."""
    challenge = challenge_by_slug(reading(), slug)
    draft = draft_of_challenge(reading(), challenge.id or 0)
    return render_template("drafts/change.html", challenge=challenge, draft=draft)


@bp.post("/organise/<slug>/change")
@access(Who.ORGANISER)
def begin(slug: str) -> BaseResponse:
    """Open the draft of a live challenge; where there is none yet, begin it."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        draft = draft_of_challenge(session, challenge.id or 0) or _begun(session, challenge)
        session.commit()
    return redirect(url_for("draft_steps.about", draft_id=draft.id), 303)


def _begun(session: Session, challenge: Challenge) -> ChallengeDraft:
    pages = pages_of(session, challenge.id or 0)
    return begin_draft(
        session,
        owner_id=viewer().account_id,
        slug=challenge.slug,
        definition=definition_of(session, challenge),
        pages={page.slug: page.markdown for page in pages},
        files=[
            GivenFile(
                kind=FileKind(held.kind.value),
                name=held.name,
                sha256=held.sha256,
                size=held.size,
                phase=held.phase,
                title=held.title,
                description=held.description,
            )
            for held in held_files(session, challenge)
        ],
        now=now(),
        challenge_id=challenge.id,
        zone=zone_of_challenge(session, challenge.id or 0) or viewer().time_zone or "UTC",
    )
