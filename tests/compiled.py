"""What is compiled once in a process instead of once for each test's application.

Every test has an application, a database and an engine of its own. Two thirds of the time of a
page's test went into compiling the same templates, addresses and statements again for them. What
is shared here follows from its source alone, so that no test can tell it from its own.
"""

from collections.abc import Callable, MutableMapping
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from server.shared.database import Database


class Templates(BytecodeCache):
    """Templates as bytecode, kept in memory; jinja2 compares the checksum of the source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


def share_templates() -> None:
    """Give every application's environment one cache of compiled templates."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}


def share_addresses() -> None:
    """Keep the functions that build addresses: unbound, they follow from the rule's text."""
    known: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
    compiled = Rule._compile_builder

    @wraps(compiled)
    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:
            return compiled(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]


def share_statements() -> None:
    """Give every SQLite engine one dialect, by which statements are known, and one cache."""
    dialects: list[sa.Dialect] = []
    cache: MutableMapping[Any, Any] = LRUCache(2_000)
    made = Database._engine

    @wraps(made)
    def engine(database: Database, *, read_only: bool) -> sa.Engine:
        one = made(database, read_only=read_only)
        if database.is_sqlite:
            dialects.append(one.dialect) if not dialects else None
            one.dialect = dialects[0]
            one.update_execution_options(compiled_cache=cache)
        return one

    Database._engine = engine  # type: ignore[method-assign]


def share_what_is_compiled() -> None:
    """Share all of it from now on."""
    share_templates()
    share_addresses()
    share_statements()
