"""One way to write a value as bytes: the JSON Canonicalization Scheme, RFC 8785.

The same value gives the same bytes on every machine, whatever kept it in between: keys in the
order of their UTF-16 units, no space, UTF-8, and numbers as ECMAScript writes them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

# Between these ECMAScript writes a number out; beyond them with an exponent.
LONGEST_WHOLE = 21
MOST_ZEROS = 6
NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def canonical_json(value: Any) -> bytes:
    """Return what was read from JSON as RFC 8785 writes it.

    A number that JSON does not know (NaN, an infinity) and half a character are written too, as
    Python's `json` would: what is in a log must be sealed, whatever it is.

    Raises:
        TypeError: it holds something that JSON has no form for.
    """
    return _text(value).encode("utf-8", "surrogatepass")


def moment_text(moment: datetime) -> str:
    """Return an aware moment as text: UTC, to the microsecond, always as long."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        pairs = [f"{encode_basestring(k)}:{_text(value[k])}" for k in _sorted(value)]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"JSON has no form for {type(value).__name__}")


def _sorted(keys: Mapping[str, Any]) -> list[str]:
    """Return keys in the order of their UTF-16 units; that of ASCII is Python's own."""
    if "".join(keys).isascii():
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _number(value: float) -> str:
    """Return a float as ECMAScript's `Number.prototype.toString` (ECMA-262, 6.1.6.1.20)."""
    shortest = repr(value)
    if not isfinite(value):
        return NOT_FINITE[shortest]
    if value == 0:
        return "0"
    if "e" not in shortest:
        return shortest.removesuffix(".0")
    sign, figures, exponent = Decimal(shortest).normalize().as_tuple()
    assert isinstance(exponent, int)
    return "-" * sign + _written("".join(map(str, figures)), len(figures) + exponent)


def _written(digits: str, point: int) -> str:
    """Return digits with the decimal point behind the first `point` of them."""
    if len(digits) <= point <= LONGEST_WHOLE:
        return digits + "0" * (point - len(digits))
    if 0 < point <= LONGEST_WHOLE:
        return f"{digits[:point]}.{digits[point:]}"
    if -MOST_ZEROS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
