"""On which line each key of a TOML document stands: tomllib reads the values and forgets where."""

import re
import tomllib
from bisect import bisect_left

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


class KeyLines:
    """The lines of a document that tomllib accepts, by key path such as ("phases", 0, "ends")."""

    def __init__(self, text: str) -> None:
        self._lines = _Scanner(text).scan()

    def line(self, path: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest table around it that is written down."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.newlines = [at for at, letter in enumerate(text) if letter == "\n"]
        self.lines: dict[KeyPath, int] = {}
        self.last_index: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self.skip_blank()
        while self.position < len(self.text):
            if self.peek("["):
                table = self.header()
            else:
                self.pair(table)
            self.skip_blank()
        return self.lines

    def peek(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def take(self, token: str) -> bool:
        found = self.peek(token)
        self.position += len(token) if found else 0
        return found

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.position)
        if found is None:
            raise ValueError(f"not TOML at line {self.current_line()}")
        self.position = found.end()
        return found.group()

    def skip_blank(self) -> None:
        self.match(_BLANK)

    def current_line(self) -> int:
        return bisect_left(self.newlines, self.position) + 1

    def note(self, path: KeyPath, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def header(self) -> KeyPath:
        line = self.current_line()
        of_array = self.take("[[")
        _ = of_array or self.take("[")
        keys = self.dotted_key()
        self.take("]]" if of_array else "]")
        path = self.table_path(keys, of_array=of_array)
        self.note(path, line)
        return path

    def table_path(self, keys: list[str], *, of_array: bool) -> KeyPath:
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self.latest((*path, key))
        path = (*path, keys[-1])
        if of_array:
            self.last_index[path] = self.last_index.get(path, -1) + 1
        return self.latest(path)

    def latest(self, path: KeyPath) -> KeyPath:
        return (*path, self.last_index[path]) if path in self.last_index else path

    def dotted_key(self) -> list[str]:
        keys = [self.key()]
        while self.take("."):
            keys.append(self.key())
        return keys

    def key(self) -> str:
        self.skip_blank()
        quoted = self.peek('"') or self.peek("'")
        written = self.match(_STRING if quoted else _BARE_KEY)
        self.skip_blank()
        return str(tomllib.loads(f"key = {written}")["key"]) if quoted else written

    def pair(self, table: KeyPath) -> None:
        line = self.current_line()
        path = (*table, *self.dotted_key())
        self.take("=")
        self.note(path, line)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        self.skip_blank()
        self.note(path, self.current_line())
        if self.take("["):
            self.array(path)
        elif self.take("{"):
            self.inline_table(path)
        else:
            quoted = self.peek('"') or self.peek("'")
            self.match(_STRING if quoted else _SCALAR)

    def array(self, path: KeyPath) -> None:
        index = 0
        self.skip_blank()
        while not self.take("]"):
            self.value((*path, index))
            index += 1
            self.next_item()

    def inline_table(self, path: KeyPath) -> None:
        self.skip_blank()
        while not self.take("}"):
            self.pair(path)
            self.next_item()

    def next_item(self) -> None:
        self.skip_blank()
        self.take(",")
        self.skip_blank()
