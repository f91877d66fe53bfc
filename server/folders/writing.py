"""A definition's JSON form as the text of a `challenge.toml`."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TIMES = ("starts", "ends", "lock_at")


def toml_of(document: Mapping[str, Any]) -> str:
    """Write a definition as TOML: its own keys first, then a table a section, in their order.

    Times may be aware datetimes, or text such as 2026-11-01T00:00:00Z; what is None is left out.
    """
    return "\n".join([*_lines(document)]) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    tables = {name: value for name, value in document.items() if _is_table(name, value)}
    for name, value in document.items():
        if name not in tables and value is not None:
            yield _pair(name, value)
    for name, value in tables.items():
        for table in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{_key(name)}]]" if isinstance(value, list) else f"[{_key(name)}]"
            yield from (_pair(key, item) for key, item in table.items() if item is not None)


def _is_table(name: str, value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    of_tables = isinstance(value, list) and all(isinstance(item, Mapping) for item in value)
    return of_tables and bool(value)


def _pair(name: str, value: Any) -> str:
    if name in _TIMES and isinstance(value, str):
        return f"{_key(name)} = {value}"
    return f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case Mapping():
            pairs = ", ".join(_pair(k, v) for k, v in value.items() if v is not None)
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
    return repr(value)


def _text(value: str) -> str:
    # JSON's escapes are TOML's, but for those of characters beyond the basic plane: none is made.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
