"""Namespaces of Linux: a process without any network, and out of sight of all others."""

import os
from contextlib import suppress
from pathlib import Path

from server.shared.kernel import unshare

_USER, _PROCESSES, _NETWORK, _MESSAGES = 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x0800_0000


def leave_network() -> bool:
    """Give this process a network of its own that leads nowhere; whether the kernel did."""
    return _leave(_NETWORK)


def leave_all() -> bool:
    """The same, and process numbers of their own for the children that it forks from now on.

    Their first one takes all others along when it ends.
    """
    return _leave(_NETWORK | _PROCESSES | _MESSAGES)


def _leave(flags: int) -> bool:
    """As root, or else as the root of a user namespace in which this process is alone."""
    try:
        unshare(flags)
    except OSError:
        return _leave_as_user(flags)
    return True


def _leave_as_user(flags: int) -> bool:
    user, group = os.getuid(), os.getgid()
    try:
        unshare(flags | _USER)
    except OSError:
        return False
    # Without its own number in the map it would be called nobody there, and nothing worse.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True
