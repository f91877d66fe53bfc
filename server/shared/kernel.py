"""Calls to the Linux kernel that Python has no names for; elsewhere each says it is not there."""

import ctypes
import errno
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}


class Missing(OSError):
    """This kernel, or what it allows this process, has no such call."""


def prctl(option: int, *values: object) -> None:
    """Change something about this process. Raises: Missing, OSError."""
    padded = [*values, *[ctypes.c_ulong(0)] * (4 - len(values))]
    _call("prctl", ctypes.c_int(option), *padded)


def syscall(number: int, *values: object) -> int:
    """Make a system call by its number. Raises: Missing, OSError."""
    return _call("syscall", ctypes.c_long(number), *values)


def unshare(flags: int) -> None:
    """Leave namespaces. Raises: Missing, OSError."""
    _call("unshare", ctypes.c_int(flags))


def drop_capabilities() -> None:
    """Give up every capability for good. Raises: Missing, OSError."""
    number = _SYS_CAPSET.get(os.uname().machine)
    if number is None:
        raise Missing(errno.ENOSYS, "capset on this architecture")
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    syscall(number, head, (ctypes.c_uint32 * 6)())


def no_new_privileges() -> None:
    """Let no program that this process may run have more rights than it. Raises: Missing."""
    prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def die_with_parent(how: int) -> None:
    """Have the kernel send this process a signal when its parent ends; elsewhere do nothing.

    A change of the user id undoes it: call it afterwards.
    """
    try:
        prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(how))
    except Missing:
        return


def _call(name: str, *values: object) -> int:
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError) as error:
        raise Missing(errno.ENOSYS, f"there is no {name} here") from error
    result = int(function(*values))
    if result < 0:
        number = ctypes.get_errno()
        kind = Missing if number in (errno.ENOSYS, errno.EOPNOTSUPP) else OSError
        raise kind(number, f"{name}: {os.strerror(number)}")
    return result
