"""Compiled templates, kept beside Python's compiled modules: to compile a page takes 100 ms."""

import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from server.shared.spacing import PATTERNS

# What reading may raise: a power cut leaves a file without its end.
BROKEN = (OSError, UnpicklingError, EOFError, ValueError, IndexError, AttributeError, ImportError)


class CompiledTemplates(FileSystemBytecodeCache):
    """A folder of compiled templates, each known by its source; what can't be kept is compiled."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template where the folder may be written to, as Python does with its modules."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find a template, where it was kept and its file is whole."""
        try:
            super().load_bytecode(bucket)
        except BROKEN:
            bucket.reset()


def keep_compiled(app: Flask) -> None:
    """Have an application keep its compiled templates; to be called when its options are set."""
    folder = Path(cache_from_source(__file__)).with_name(f"templates-{_made_by(app)}")
    app.jinja_env.bytecode_cache = CompiledTemplates(str(folder))


def _made_by(app: Flask) -> str:
    """Return what changes with all that the same source is compiled differently by."""
    environment = app.jinja_env
    options = (environment.trim_blocks, environment.lstrip_blocks, sorted(environment.extensions))
    said = f"{jinja2.__version__}|{sys.implementation.cache_tag}|{options}|{PATTERNS}"
    return sha256(said.encode()).hexdigest()[:12]
