"""How gunicorn runs the web application; gunicorn reads this module's names."""

import gc
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped, unused-ignore]
from prometheus_client import multiprocess

from server.cli.supervision import die_with_parent
from server.cli.visits import first_visits
from server.cli.warming import Warming
from server.shared.logs import configure_logs
from server.shared.settings import Settings

die_with_parent()
# All that is kept is gone through a tenth as often as is usual: that holds up every request of the
# process for tens of milliseconds, and hardly anything that is kept is part of a circle.
COLLECTED = (700, 10, 100)
# Collecting garbage takes a quarter of the time that importing the application takes.
gc.disable()
_settings = Settings()
_warmings: list[Warming] = []


class StructuredLogger(Logger):  # type: ignore[misc, unused-ignore]
    """Gunicorn's own messages in the form of ours."""

    def setup(self, cfg: Any) -> None:
        """Hand messages on to the root logger."""
        configure_logs(level=_settings.log_level, format=_settings.log_format)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.access_log.propagate = False


def when_ready(_server: Any) -> None:
    """Leave what was imported alone from now on, also so that forks go on sharing its memory."""
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    gc.enable()


def post_worker_init(worker: Any) -> None:
    """Begin to make ready what the first visitors would wait for."""
    _warmings.append(Warming(worker.wsgi, visits=first_visits))
    _warmings[-1].begin()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Keep no process from ending."""
    for warming in _warmings:
        warming.stop()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a web process that ended."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


wsgi_app = "server.wsgi:app"
worker_class = "gthread"
workers = _settings.web_processes
threads = _settings.web_threads
# Connections that wait for a thread; a slow upload holds a thread, never the whole process.
worker_connections = max(1000, _settings.web_threads * 4)
# A thread's slow request does not stop the heartbeat: this catches a process that hangs.
timeout = 60
graceful_timeout = 20
keepalive = 15
# Imported once and forked: a web process that dies is back in milliseconds, not in seconds.
# Nothing is connected before the fork.
preload_app = True
accesslog = None
logger_class = StructuredLogger
control_socket_disable = True
proc_name = "varsity-web"
# The proxies trusted are counted by VARSITY_TRUSTED_PROXIES, in the application.
forwarded_allow_ips = ""
