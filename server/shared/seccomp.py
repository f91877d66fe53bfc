"""A filter of system calls: no sockets, no new processes, no signals to others.

Sources: seccomp(2), linux/seccomp.h, linux/bpf_common.h, and the tables of system calls.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Iterable

from server.shared.kernel import (
    PR_SET_SECCOMP,
    SECCOMP_MODE_FILTER,
    Missing,
    no_new_privileges,
    prctl,
)

# AUDIT_ARCH_*, then the numbers of the calls there.
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "shmget": 29,
        "socket": 41,
        "clone": 56,
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "kill": 62,
        "semget": 64,
        "msgget": 68,
        "ptrace": 101,
        "rt_sigqueueinfo": 129,
        "pivot_root": 155,
        "chroot": 161,
        "mount": 165,
        "umount2": 166,
        "tkill": 200,
        "tgkill": 234,
        "mq_open": 240,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "rt_tgsigqueueinfo": 297,
        "perf_event_open": 298,
        "open_by_handle_at": 304,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "memfd_create": 319,
        "bpf": 321,
        "execveat": 322,
        "userfaultfd": 323,
    },
    "aarch64": {
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "chroot": 51,
        "unshare": 97,
        "ptrace": 117,
        "kill": 129,
        "tkill": 130,
        "tgkill": 131,
        "rt_sigqueueinfo": 138,
        "mq_open": 180,
        "msgget": 186,
        "semget": 190,
        "shmget": 194,
        "socket": 198,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "clone": 220,
        "execve": 221,
        "rt_tgsigqueueinfo": 240,
        "perf_event_open": 241,
        "open_by_handle_at": 265,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "memfd_create": 279,
        "bpf": 280,
        "execveat": 281,
        "userfaultfd": 282,
    },
}
# The same number everywhere.
_LATER = {"pidfd_send_signal": 424, "io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438}
_X32 = 0x4000_0000

# A ring of requests (io_uring) opens sockets without the call for them.
NETWORK = ("socket", "io_uring_setup")
PROCESSES = ("fork", "vfork", "execve", "execveat")
SIGNALS = ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
# Looking into others, other file systems, and memory that outlives a process or is not counted.
OTHERS = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "perf_event_open", "bpf"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"),
    *("shmget", "semget", "msgget", "mq_open", "memfd_create", "userfaultfd"),
    *("add_key", "request_key", "keyctl"),
)

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_VALUE_AT = 0, 4, 16
_ALLOW = 0x7FFF_0000
_REFUSE = 0x0005_0000
_CLONE_THREAD = 0x0001_0000

Instruction = tuple[int, int, int, int]


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("when_true", ctypes.c_uint8),
        ("when_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("code", ctypes.POINTER(_Instruction)))


def is_known() -> bool:
    """Whether the numbers of this machine's calls are known here."""
    return sys.platform == "linux" and os.uname().machine in _ARCHITECTURES


def forbid_network() -> None:
    """Let this process open no socket, for good. Raises: Missing, OSError."""
    _install(_refusals(NETWORK))


def forbid_everything_else() -> None:
    """Let this process compute: no sockets, no processes, no signals to others; for good.

    Threads stay, and signals to itself. Raises: Missing, OSError.
    """
    to_itself = [i for name in ("kill", "tgkill") for i in _only_to_itself(name)]
    names = (*NETWORK, *PROCESSES, *SIGNALS, *OTHERS)
    _install([*to_itself, *_only_threads(), *_refusals(names)])


def _number(name: str) -> int | None:
    return (_NUMBERS[os.uname().machine] | _LATER).get(name)


def _refusals(names: Iterable[str]) -> list[Instruction]:
    numbers = [number for name in names if (number := _number(name)) is not None]
    return [i for number in numbers for i in _if(number, [_refuse(errno.EPERM)])]


def _if(number: int, then: list[Instruction]) -> list[Instruction]:
    """Do something at one call, and go on behind it at any other."""
    return [(_EQUAL, 0, len(then), number), *then]


def _refuse(error: int) -> Instruction:
    return (_RETURN, 0, 0, _REFUSE | error)


def _only_to_itself(name: str) -> list[Instruction]:
    number = _number(name)
    assert number is not None
    value = (_LOAD, 0, 0, _FIRST_VALUE_AT)
    own = (_EQUAL, 0, 1, os.getpid())
    return _if(number, [value, own, (_RETURN, 0, 0, _ALLOW), _refuse(errno.EPERM)])


def _only_threads() -> list[Instruction]:
    """A clone that is no thread is refused; clone3 is unknown, which the C library expects."""
    clone, clone3 = _number("clone"), _number("clone3")
    assert clone is not None
    assert clone3 is not None
    value = (_LOAD, 0, 0, _FIRST_VALUE_AT)
    thread = (_ANY_BIT, 0, 1, _CLONE_THREAD)
    then = [value, thread, (_RETURN, 0, 0, _ALLOW), _refuse(errno.EPERM)]
    return [*_if(clone, then), *_if(clone3, [_refuse(errno.ENOSYS)])]


def _install(rules: list[Instruction]) -> None:
    if not is_known():
        raise Missing(errno.ENOSYS, "the system calls of this machine are not known")
    machine = os.uname().machine
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        _refuse(errno.EPERM),
        (_LOAD, 0, 0, _NUMBER_AT),
        *([(_AT_LEAST, 0, 1, _X32), _refuse(errno.EPERM)] if machine == "x86_64" else []),
        *rules,
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = (_Instruction * len(program))(*(_Instruction(*line) for line in program))
    no_new_privileges()
    prctl(
        PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(_Program(len(code), code))
    )
