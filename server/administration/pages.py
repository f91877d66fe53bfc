"""Pages of the instance: overview, queue, system and log. The other pages hang on beside it."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.administration import account_pages, actions, challenge_pages, university_pages
from server.administration.log_queries import kinds, log_lines
from server.administration.queries import (
    disk_of,
    failures,
    latest_mail,
    mail_facts,
    oldest_waiting,
    overview,
    sizes,
    worker_lines,
)
from server.administration.room import bp, done, page_number, perform
from server.audit.queries import chain_facts
from server.organise.rules import diagnose
from server.shared.access import Who, access
from server.shared.migrate import newest_revision
from server.shared.web import now, reading, services, viewer
from server.submissions.worklist import queue_facts

__all__ = ["account_pages", "bp", "challenge_pages", "university_pages"]


@bp.get("/admin")
@access(Who.ADMINISTRATOR)
def index() -> str:
    """Show how the instance stands."""
    facts = overview(reading(), services().settings, now=now())
    return render_template("administration/overview.html", facts=facts)


@bp.get("/admin/queue")
@access(Who.ADMINISTRATOR)
def queue() -> str:
    """Show the workers, what waits longest, and what failed with its trace."""
    session = reading()
    return render_template(
        "administration/queue.html",
        workers=worker_lines(session, now=now()),
        facts=queue_facts(session, now=now()),
        waiting=oldest_waiting(session),
        failed=failures(session, page=page_number()),
        diagnose=diagnose,
    )


@bp.post("/admin/queue/<int:submission_id>/retry")
@access(Who.ADMINISTRATOR)
def queue_retry(submission_id: int) -> Response:
    """Queue a failed submission again."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.retry_submission(
            session, submission_id=submission_id, actor_id=actor, now=moment
        )
    )
    services().jobs.send("score", submission_id=submission_id)
    message = _("Submission %(number)s is queued again.", number=submission_id)
    return done(message, "administration.queue")


@bp.get("/admin/system")
@access(Who.ADMINISTRATOR)
def system() -> str:
    """Show disk, sizes, versions and the outgoing mail."""
    session, settings = reading(), services().settings
    return render_template(
        "administration/system.html",
        settings=settings,
        disk=disk_of(settings.data_dir),
        sizes=sizes(session),
        revision=newest_revision(),
        dialect=session.get_bind().dialect.name,
        facts=mail_facts(session, now=now()),
        letters=latest_mail(session),
    )


@bp.post("/admin/system/mail")
@access(Who.ADMINISTRATOR)
def system_mail() -> Response:
    """Send a message to the administrator who asks."""
    asker, moment, settings = viewer(), now(), services().settings
    body = render_template(
        "administration/test_mail.txt", name=asker.name, base_url=settings.base_url
    )
    subject = _("A test message of %(site)s", site=settings.site_name)
    perform(
        lambda session: actions.post_test_mail(
            session,
            recipient=asker.email,
            subject=subject,
            body=body,
            actor_id=asker.account_id,
            now=moment,
        )
    )
    message = _("A message to %(address)s is on its way.", address=asker.email)
    return done(message, "administration.system")


@bp.post("/admin/system/mail/again")
@access(Who.ADMINISTRATOR)
def system_mail_again() -> Response:
    """Have sent what was given up, once the mail server answers again."""
    actor, moment = viewer().account_id, now()
    perform(lambda session: actions.try_mail_again(session, actor_id=actor, now=moment))
    return done(_("What was given up is on its way again."), "administration.system")


@bp.get("/admin/log")
@access(Who.ADMINISTRATOR)
def log() -> str:
    """Show what happened, by kind and by actor."""
    kind, actor = (request.args.get(name, "").strip()[:254] for name in ("kind", "actor"))
    return render_template(
        "administration/log.html",
        kinds=kinds(reading()),
        kind=kind,
        actor=actor,
        chain=chain_facts(reading(), now=now()),
        log=log_lines(reading(), kind=kind, actor=actor, page=page_number()),
    )
