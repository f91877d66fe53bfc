"""What is compiled once in a process, or once for all, instead of once for each test's application.

Every test has an application, a database and an engine of its own. Two thirds of the time of a
page's test went into compiling the same templates, addresses and statements again for them. What
is shared here follows from its source alone, so that no test can tell it from its own.
"""

from collections.abc import Callable, MutableMapping
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from server.shared.database import Database


class Templates(FileSystemBytecodeCache):
    """Templates as bytecode, in memory and for other runs in files; jinja2 compares the source."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder))
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        super().dump_bytecode(bucket)
        self._keep(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key] = bucket.bytecode_to_string()


def share_templates() -> None:
    """Give every application's environment one cache of compiled templates."""
    cache = Templates(Path(__file__).parents[1] / ".pytest_cache" / "templates")
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


class Address(NamedTuple):
    """What follows from the text of a rule and the converters of its map."""

    parts: list[Any]
    trace: list[tuple[bool, str]]
    converters: dict[str, Any]
    build: Callable[..., tuple[str, str]]
    build_unknown: Callable[..., tuple[str, str]]


def share_addresses() -> None:
    """Keep what addresses are taken apart into, and the functions that build them, unbound."""
    known: dict[tuple[Any, ...], Address] = {}
    compiled = Rule.compile

    @wraps(compiled)
    def compile_rule(rule: Rule) -> None:
        if rule.defaults or rule.map is None or rule.map.host_matching:
            compiled(rule)
            return
        kinds = tuple(rule.map.converters.values())
        key = (rule.rule, rule.subdomain, rule.merge_slashes, kinds)
        if key in known:
            _compiled_before(rule, known[key])
            return
        compiled(rule)
        build, unknown = rule._build.__func__, rule._build_unknown.__func__  # type: ignore[attr-defined]
        known[key] = Address(rule._parts, rule._trace, rule._converters, build, unknown)

    Rule.compile = compile_rule  # type: ignore[method-assign]


def _compiled_before(rule: Rule, address: Address) -> None:
    rule._parts, rule._trace, rule._converters = address[:3]
    rule.arguments.update(address.converters)
    rule._build = address.build.__get__(rule, None)
    rule._build_unknown = address.build_unknown.__get__(rule, None)


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
