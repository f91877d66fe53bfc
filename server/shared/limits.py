"""Rate limits: by account where there is one, else by address."""

from collections.abc import Callable

from flask import Flask, request
from flask_limiter import Limiter

from server.shared.settings import Settings
from server.shared.web import services, viewer


def asker() -> str:
    """Return the key a limit counts by."""
    account = viewer().id
    return f"account:{account}" if account else f"address:{request.remote_addr}"


def address() -> str:
    """Return the address alone: a limit on signing in must hold for those signed out."""
    return f"address:{request.remote_addr}"


# While Redis is away each process counts by itself: nobody is kept from handing in by its absence.
limiter = Limiter(
    asker, headers_enabled=True, strategy="moving-window", in_memory_fallback_enabled=True
)
# Seconds for an answer of Redis, which takes a millisecond.
PATIENCE = 2


def by_setting(name: str) -> Callable[[], str]:
    """Return a limit that is read from a setting at each request."""
    return lambda: str(getattr(services().settings, name))


def install_limits(app: Flask, settings: Settings) -> None:
    """Count in Redis where the engine is Redis (shared), else in this process's memory."""
    shared = settings.queue_url.startswith(("redis://", "rediss://"))
    app.config["RATELIMIT_STORAGE_URI"] = settings.queue_url if shared else "memory://"
    if shared:
        waits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        app.config["RATELIMIT_STORAGE_OPTIONS"] = waits
    limiter.init_app(app)
    # What another application of this process lost is no loss of this one.
    limiter._storage_dead = False
