"""The composition root: settings in, an application out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from sqlmodel import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from server.accounts.queries import manager_gate
from server.accounts.rules import SESSION_LASTS
from server.accounts.second_gate import asking_for_code, lacks_second_factor
from server.accounts.signin import Doorkeeper
from server.administration.event_words import event_words
from server.boards.scored_by import Metric, ScoredBy, metric_of, metrics_of
from server.boards.versions import look_at
from server.challenges.metric_titles import metric_title
from server.challenges.models import Challenge, Phase
from server.challenges.queries import (
    ORGANISES,
    ORGANISES_ANY,
    challenge_gate,
    confirmed_gate,
    organises_any,
)
from server.challenges.roles import judge_gate, may_run, organiser_gate, owner_gate, owns
from server.challenges.views import Frame, tab_title
from server.corrections.queries import judge_of_evaluation_gate, organiser_of_evaluation_gate
from server.discussions.models import Announcement
from server.discussions.queries import newest_announcement
from server.documents import install_openapi
from server.drafts.gates import draft_gate, draft_owner_gate
from server.drafts.queries import DRAFTS, DRAFTS_ANY, has_console, require_creator
from server.notifications.pages import unread_now, unsubscribe
from server.notifications.queries import UNREAD, UNREAD_NOW
from server.organise.queries import organiser_of_submission_gate, organiser_of_team_gate
from server.routes import APIS, PAGES
from server.shared.access import BASIC_GATES, Viewer, Who
from server.shared.addresses import Application
from server.shared.clock import Clock, utcnow
from server.shared.compiled_templates import keep_compiled
from server.shared.database import Database
from server.shared.fault_words import fault_words
from server.shared.language import TAGS, install_language, language
from server.shared.limits import install_limits
from server.shared.measures import install_measures
from server.shared.numbers import RowNumber
from server.shared.queue import Jobs, make_engine
from server.shared.responses import install_responses
from server.shared.scorer_messages import scorer_words
from server.shared.sentences import told
from server.shared.settings import Settings
from server.shared.signing import Signer
from server.shared.slots import Slots
from server.shared.spacing import set_up_spacing
from server.shared.storage import FileStore
from server.shared.uploads import UploadRequest
from server.shared.web import Services, install, now, reading, services, viewer
from server.submissions.pages import way_to_submit
from server.submissions.queries import submission_gate
from server.teams.queries import team_member_gate
from server.trials.queries import trial_gate
from server.universities.naming import university_name, university_other_name
from server.winners.pages import published_winners


def _creator_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    require_creator(session, viewer, services().settings.create_challenges)


def create_app(
    settings: Settings, *, clock: Clock = utcnow, database: Database | None = None
) -> Flask:
    """Return the web application. It is given no way to the hidden answers."""
    app = Application("server", title="Varsity API", version="1", docs_path=None, spec_path=None)
    app.request_class = UploadRequest
    app.url_map.converters["int"] = RowNumber
    _configure(app, settings)
    # First: what is measured holds the waits for whoever asks and for the gate.
    install_measures(app)
    install(app, _services(settings, clock, database))
    # Before the responses: it registers an error handler of its own, which ours replaces.
    install_openapi(app)
    install_responses(app)
    install_limits(app, settings)
    install_language(app)
    set_up_spacing(app)
    Bootstrap5(app)
    # Only what holds no secret of a reader: a compressed page could leak one by its length.
    app.config["COMPRESS_MIMETYPES"] = ["text/css", "text/javascript", "image/svg+xml"]
    Compress(app)
    app.jinja_env.globals["asset_version"] = _asset_version(app)
    app.jinja_env.filters["event_words"] = event_words
    app.jinja_env.filters["fault_words"] = fault_words
    app.jinja_env.filters["scorer_words"] = scorer_words
    app.jinja_env.filters["told"] = told
    app.jinja_env.filters["tab_title"] = tab_title
    app.jinja_env.filters["metric_title"] = metric_title
    app.jinja_env.filters["university_name"] = university_name
    app.jinja_env.filters["university_other_name"] = university_other_name
    keep_compiled(app)
    csrf = CSRFProtect(app)
    for blueprint in (*PAGES, *APIS):
        app.register_blueprint(blueprint)
    for blueprint in APIS:
        csrf.exempt(blueprint)
    # A mail program presses this button (RFC 8058): the signed link itself is the proof.
    csrf.exempt(unsubscribe)
    app.context_processor(_context)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _asset_version(app: Flask) -> str:
    """Return a short hash of the static files: it changes their addresses when they change."""
    folder = Path(app.static_folder or "")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        SESSION_COOKIE_NAME="varsity",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        SESSION_REFRESH_EACH_REQUEST=False,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="en",
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        OPENAPI_VERSION="3.1.0",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _services(settings: Settings, clock: Clock, database: Database | None) -> Services:
    return Services(
        settings=settings,
        database=database or Database(settings.database),
        files=FileStore(settings.public_store),
        jobs=Jobs(make_engine(settings.queue_url, settings.data_dir)),
        clock=clock,
        signer=Signer(settings.require_secret()),
        gates=_gates(),
        load_viewer=_viewer,
        uploads=Slots(each=settings.uploads_at_once, overall=settings.web_threads * 3 // 4),
    )


def _gates() -> dict[Who, Any]:
    gates = {
        **BASIC_GATES,
        Who.SEES_CHALLENGE: _challenge_gate,
        Who.CONFIRMED: confirmed_gate,
        Who.JUDGE: judge_gate,
        Who.ORGANISER: organiser_gate,
        Who.OWNER: owner_gate,
        Who.ORGANISER_OF_SUBMISSION: organiser_of_submission_gate,
        Who.ORGANISER_OF_TEAM: organiser_of_team_gate,
        Who.JUDGE_OF_EVALUATION: judge_of_evaluation_gate,
        Who.ORGANISER_OF_EVALUATION: organiser_of_evaluation_gate,
        Who.CREATOR: _creator_gate,
        Who.TRIAL_OWNER: trial_gate,
        Who.DRAFT_PERSON: draft_gate,
        Who.DRAFT_OWNER: draft_owner_gate,
        Who.MANAGER: manager_gate,
        Who.TEAM_MEMBER: team_member_gate,
        Who.SUBMISSION_TEAM: submission_gate,
    }
    return {who: asking_for_code(who, gate) for who, gate in gates.items()}


def _challenge_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    # Its phases and its version are asked for by nearly every page of it: in the same question.
    look_at(session, slug=str(arguments["slug"]))
    challenge_gate(session, viewer, arguments)


# What nearly every page of somebody who is signed in asks of them.
DOORKEEPER = Doorkeeper(
    ((ORGANISES_ANY, ORGANISES), (UNREAD_NOW, UNREAD), (DRAFTS_ANY, DRAFTS)),
)


def _viewer(session: Session, moment: datetime) -> Viewer:
    asker = DOORKEEPER.viewer(session, moment)
    if asker.id is None:
        return asker
    asker = replace(asker, organises_any=organises_any(session, asker.id))
    asked_of = services().settings.require_second_factor
    return replace(asker, lacks_second_factor=lacks_second_factor(session, asker, asked_of))


def _context() -> dict[str, Any]:
    settings = services().settings
    return {
        "viewer": viewer(),
        "now": now() if request else None,
        "demo": settings.demo,
        "site_name": settings.site_name,
        "language": language(),
        "html_language": TAGS[language()],
        "unread_now": unread_now,
        "way_to_submit": way_to_submit,
        "published_winners": published_winners,
        "newest_announcement": _newest_announcement,
        "metrics_of": _metrics_of,
        "metric_of": _metric_of,
        "may_run": _may_run,
        "owns": _owns,
        "has_console": _has_console,
    }


def _has_console() -> bool:
    """Whether the menu names the organiser's console."""
    return has_console(reading(), viewer(), services().settings.create_challenges)


def _newest_announcement(challenge: Challenge) -> Announcement | None:
    """Return the latest news of a challenge: its page shows them in a room above its own."""
    return newest_announcement(reading(), challenge.id or 0)


def _metrics_of(frame: Frame) -> list[ScoredBy]:
    """Return by what a challenge is scored: a room above its own knows the evaluations."""
    return metrics_of(reading(), frame.challenge, [view.phase for view in frame.phases])


def _metric_of(challenge: Challenge, phase: Phase) -> Metric:
    return metric_of(reading(), challenge, phase)


def _may_run(challenge: Challenge) -> bool:
    """Whether the viewer may change something in a challenge: templates show buttons by it."""
    return may_run(reading(), challenge.id or 0, viewer())


def _owns(challenge: Challenge) -> bool:
    """Whether the viewer may say who runs a challenge."""
    return owns(reading(), challenge.id or 0, viewer())
