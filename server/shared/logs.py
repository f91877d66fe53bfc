"""Structured logs: one line a happening, with the request's id, never a secret."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_SECRET_NAMES = re.compile(r"password|secret|token|authorization|cookie", re.IGNORECASE)
_SECRET_VALUES = re.compile(r"(var_[A-Za-z0-9_-]{6})[A-Za-z0-9_-]+|(://[^:/@\s]*:)[^@/\s]+@")


def _mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if _SECRET_NAMES.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _SECRET_VALUES.sub(_masked, value)
    return event


def _masked(match: re.Match[str]) -> str:
    return f"{match[1]}***" if match[1] else f"{match[2]}***@"


def configure_logs(*, level: str, format: str) -> None:
    """Send everything, also of libraries, to standard error as JSON or as text."""
    final: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if format == "text"
        else structlog.processors.JSONRenderer()
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, final],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("huey").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
