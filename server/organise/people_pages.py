"""The page of a challenge's people: owners name organisers and judges."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.queries import challenge_by_slug, is_organiser
from server.challenges.rules import Role
from server.organise.people import add_person, change_role, people_of, remove_person
from server.organise.room import bp
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, Invalid
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing

Answer = BaseResponse | tuple[str, int]
# What is done to a challenge's people, given its id.
Act = Callable[[Session, int], object]


@bp.get("/organise/<slug>/people")
@access(Who.JUDGE)
def people(slug: str) -> str:
    """List a challenge's people; its owners find the forms here."""
    return _page(slug)


def _page(slug: str, refused: DomainError | None = None) -> str:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    return render_template(
        "organise/people.html",
        challenge=challenge,
        people=people_of(session, challenge.id or 0),
        roles=list(Role),
        refused=message_of(refused) if refused else "",
        field=refused.field if refused else None,
        typed=request.form,
    )


@bp.post("/organise/<slug>/people")
@access(Who.OWNER)
def add_to_people(slug: str) -> Answer:
    """Add an account by its address; a refusal keeps what was typed."""

    def add(session: Session, challenge_id: int) -> object:
        email, actor = request.form.get("email", ""), viewer().account_id
        role = _wanted_role()
        return add_person(
            session, challenge_id=challenge_id, email=email, role=role, actor_id=actor, now=now()
        )

    return _carry_out(slug, add, _("Added. They find the challenge under “Organise”."))


@bp.post("/organise/<slug>/people/<int:account_id>/role")
@access(Who.OWNER)
def give_role(slug: str, account_id: int) -> Answer:
    """Give one of the people another role."""

    def give(session: Session, challenge_id: int) -> None:
        change_role(
            session,
            challenge_id=challenge_id,
            account_id=account_id,
            role=_wanted_role(),
            actor_id=viewer().account_id,
            now=now(),
        )

    return _carry_out(slug, give, _("The role is changed."))


@bp.post("/organise/<slug>/people/<int:account_id>/remove")
@access(Who.OWNER)
def take_off_people(slug: str, account_id: int) -> Answer:
    """Take somebody off the challenge's people."""
    actor = viewer().account_id

    def take_off(session: Session, challenge_id: int) -> None:
        remove_person(
            session, challenge_id=challenge_id, account_id=account_id, actor_id=actor, now=now()
        )

    return _carry_out(slug, take_off, _("Removed. They can no longer open these pages."))


def _wanted_role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        said = N_("Choose a role: owner, organiser or judge.")
        raise Invalid(said, field="role") from None


def _carry_out(slug: str, act: Act, said: str) -> Answer:
    """Do it in a transaction of its own, or show the page again with the reason why not."""
    try:
        with writing() as session:
            act(session, challenge_by_slug(session, slug).id or 0)
            session.commit()
    except DomainError as error:
        return _page(slug, error), error.status
    flash(said, "success")
    return _back(slug)


def _back(slug: str) -> BaseResponse:
    """Go back to the list, or to one's own challenges where one has just left this one."""
    session, asker = reading(), viewer()
    challenge_id = challenge_by_slug(session, slug).id or 0
    if asker.is_admin or is_organiser(session, challenge_id, asker.id):
        return redirect(url_for("organise.people", slug=slug), 303)
    return redirect(url_for("organise.index"), 303)
