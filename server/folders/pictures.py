"""What a picture of a challenge's pages may be: told by its first bytes, not by its name alone."""

import re

PICTURE_BYTES = 16
# An SVG can hold script: it is none of these.
PICTURES = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.IGNORECASE)


def picture_type(beginning: bytes) -> str | None:
    """Return the media type of a file by its first bytes; None where it is no picture."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "image/webp"
    return None


def is_picture_name(name: str) -> bool:
    """Tell whether a picture's name can stand in an address as it is."""
    return _NAME.fullmatch(name) is not None


def type_by_name(name: str) -> str | None:
    """Return the media type that a picture's name says."""
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    return next((kind for kind, suffixes in PICTURES.items() if suffix in suffixes), None)
