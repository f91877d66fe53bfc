"""Landlock: a process gives up, for good and for its children, what it needs no longer.

Sources: landlock(7), linux/landlock.h. The calls have the same numbers on every architecture.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from server.shared.kernel import Missing, no_new_privileges, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# To remove, to make each kind of file, to link across folders (ABI 2), to truncate (ABI 3), to
# give commands to devices (ABI 5): everything that changes something.
_WRITES = {
    1: WRITE_FILE | sum(1 << bit for bit in range(4, 13)),
    2: 1 << 13,
    3: 1 << 14,
    5: 1 << 15,
}
READS = EXECUTE | READ_FILE | READ_DIR
# A rule on a file, not a folder, may speak of these only.
_OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
_TCP = 0b11
TCP_SINCE = 4
_SCOPES = 0b11
_SCOPES_SINCE = 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Which Landlock this kernel has; 0 where it has none."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def restrict(
    *,
    readable: Iterable[Path] | None,
    writable: Iterable[Path] = (),
) -> None:
    """Let this process read and write beneath these paths alone; it is for good.

    `readable` None: reading stays as it is. No TCP either (ABI 4), and no signal and no abstract
    socket that reaches a process outside (ABI 6). Paths that are not there are passed over.
    Raises: Missing where the kernel has no Landlock.
    """
    abi = version()
    if abi < 1:
        raise Missing(0, "this kernel has no Landlock")
    writes = sum(rights for since, rights in _WRITES.items() if since <= abi)
    handled = writes | (0 if readable is None else READS)
    ruleset = _create(abi, handled)
    try:
        for path in readable or ():
            _allow(ruleset, path, READS & handled & ~EXECUTE)
        for path in writable:
            _allow(ruleset, path, (writes | READS) & handled & ~EXECUTE)
        no_new_privileges()
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _create(abi: int, handled: int) -> int:
    rules = _Ruleset(
        files=handled,
        network=_TCP if abi >= TCP_SINCE else 0,
        scoped=_SCOPES if abi >= _SCOPES_SINCE else 0,
    )
    # An older kernel takes a shorter structure.
    size = 8 if abi < TCP_SINCE else 16 if abi < _SCOPES_SINCE else 24
    return syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if path.is_dir() else rights & _OF_A_FILE
        rule = _PathRule(allowed=allowed, folder=beneath)
        syscall(
            _ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(beneath)
