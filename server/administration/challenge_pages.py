"""Pages of the challenges and who runs them, for administrators."""

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.administration import actions
from server.administration.forms import EmailForm
from server.administration.queries import challenge_lines
from server.administration.room import attempt, bp, done, page_number, perform
from server.challenges.queries import challenge_by_slug
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer


@bp.get("/admin/challenges")
@access(Who.ADMINISTRATOR)
def challenges() -> str:
    """List all challenges with their organisers."""
    return _list()


def _list(refused: EmailForm | None = None, slug: str = "") -> str:
    found = challenge_lines(reading(), page=page_number())
    forms = {
        line.challenge.slug: EmailForm(formdata=None, prefix=line.challenge.slug)
        for line in found.rows
    }
    if refused is not None:
        forms[slug] = refused
    return render_template("administration/challenges.html", found=found, forms=forms)


@bp.post("/admin/challenges/<slug>/organisers")
@access(Who.ADMINISTRATOR)
def challenge_organiser(slug: str) -> Response | tuple[str, int]:
    """Let an account run a challenge."""
    form, actor, moment = EmailForm(prefix=slug), viewer().account_id, now()
    challenge = challenge_by_slug(reading(), slug)
    added = attempt(
        form,
        lambda session: actions.add_organiser(
            session, challenge=challenge, email=form.email.data or "", actor_id=actor, now=moment
        ),
    )
    if not added:
        return _list(form, slug), 422
    return done(_("The organiser was added."), "administration.challenges")


@bp.post("/admin/challenges/<slug>/organisers/<int:account_id>/remove")
@access(Who.ADMINISTRATOR)
def challenge_organiser_remove(slug: str, account_id: int) -> Response:
    """Let an account run a challenge no longer."""
    actor, moment = viewer().account_id, now()
    challenge = challenge_by_slug(reading(), slug)
    perform(
        lambda session: actions.remove_organiser(
            session, challenge=challenge, account_id=account_id, actor_id=actor, now=moment
        )
    )
    return done(_("The organiser was removed."), "administration.challenges")
