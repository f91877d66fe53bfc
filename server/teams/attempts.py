"""How often somebody may try a team's code, wherever one is taken: page or program."""

from collections.abc import Callable
from typing import Any

from server.shared.limits import asker, by_setting, limiter

limit_codes: Callable[[Callable[..., Any]], Callable[..., Any]] = limiter.shared_limit(
    by_setting("rate_limit_codes"), scope="codes", key_func=asker
)
