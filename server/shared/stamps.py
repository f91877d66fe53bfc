"""What a form was made from: what was written over something else than was seen is refused."""

import hashlib
import json
from typing import Any

from server.shared.errors import Conflict


def stamp_of(value: Any) -> str:
    """Return a short text that changes with a value: what a form was made from."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_same(seen: str, stamp: str, *, said: str) -> None:
    """Refuse what was written over another state than that of now; empty asks for nothing.

    `said`: what its reader is told. Raises Conflict.
    """
    if seen and seen != stamp:
        raise Conflict(said, code="stale")
