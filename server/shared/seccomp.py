"""A filter of system calls: no sockets, no new processes, nothing done to what others have.

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
from server.shared.system_calls import number_of

# AUDIT_ARCH_*
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x4000_0000

# A ring of requests (io_uring) opens sockets without the call for them.
NETWORK = ("socket", "io_uring_setup")
PROCESSES = ("fork", "vfork", "execve", "execveat")
SIGNALS = ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
# Looking into others, other file systems, and memory that outlives a process or is not counted.
OTHERS = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "perf_event_open", "bpf"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at"),
    *("shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl"),
    *("msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink"),
    *("memfd_create", "memfd_secret", "userfaultfd", "add_key", "request_key", "keyctl"),
)
# Landlock speaks of none of these: changing what a file is, or hearing what is done to it.
FILES = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "file_setattr"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
    *("utime", "utimes", "futimesat", "utimensat", "truncate"),
    *("inotify_init", "inotify_init1", "inotify_add_watch", "fanotify_init"),
)
# One folder, and every file in it a file of its own: what is written there can be counted.
FOLDERS = (
    *("mkdir", "mkdirat", "mknod", "mknodat", "symlink", "symlinkat", "link", "linkat"),
    *("rename", "renameat", "renameat2"),
)
# Other processes of the same user would run later, elsewhere, or without their memory.
RESOURCES = (
    *("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"),
    *("setpriority", "ioprio_set", "migrate_pages", "move_pages"),
    *("process_madvise", "process_mrelease"),
)
# F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY: signals that the kernel sends for us, and
# leases that make whoever opens a file wait.
_FCNTL = (8, 10, 15, 1024, 1026)
# FIOSETOWN, SIOCSPGRP; FS_IOC_SETFLAGS (of 64 and of 32 bits), FS_IOC_FSSETXATTR.
_IOCTL = (0x8901, 0x8902, 0x4008_6602, 0x4004_6602, 0x401C_5820)
# Truncating without writing, which Landlock lets through before its version 3.
_OPEN = (os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE)

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_VALUE_AT, _VALUE_BYTES = 0, 4, 16, 8
_WHOLE = 0xFFFF_FFFF
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
    if not is_known():
        raise _unknown()
    _install(_refusals(NETWORK))


def forbid_everything_else() -> None:
    """Let this process compute: no sockets, no processes, nothing done to others; for good.

    Threads stay, signals to itself, its own limits, and plain files in a folder that is there.
    Raises: Missing, OSError.
    """
    if not is_known():
        raise _unknown()
    own = os.getpid()
    names = (*NETWORK, *PROCESSES, *SIGNALS, *OTHERS, *FILES, *FOLDERS, *RESOURCES)
    rules = [
        *_only(own, of="kill"),
        *_only(own, of="tgkill"),
        *_only(0, own, of="prlimit64"),
        *_only_threads(),
        *_none_of(_FCNTL, of="fcntl", nth=1),
        *_none_of(_IOCTL, of="ioctl", nth=1),
        *_none_of(_OPEN, of="open", nth=1, bits=os.O_TRUNC | os.O_ACCMODE),
        *_none_of(_OPEN, of="openat", nth=2, bits=os.O_TRUNC | os.O_ACCMODE),
        # Its flags stand in memory, where a filter can't look; whoever asks takes openat instead.
        *_refusals(["openat2"], errno.ENOSYS),
    ]
    _install([*rules, *_refusals(names)])


def _number(name: str) -> int | None:
    return number_of(name, os.uname().machine)


def _refusals(names: Iterable[str], error: int = errno.EPERM) -> list[Instruction]:
    numbers = [number for name in names if (number := _number(name)) is not None]
    return [i for number in numbers for i in _if(number, [_refuse(error)])]


def _if(number: int, then: list[Instruction]) -> list[Instruction]:
    """Do something at one call, and go on behind it at any other."""
    return [(_EQUAL, 0, len(then), number), *then]


def _refuse(error: int) -> Instruction:
    return (_RETURN, 0, 0, _REFUSE | error)


def _only(*allowed: int, of: str) -> list[Instruction]:
    """Let a call through with these as its first value alone."""
    number = _number(of)
    assert number is not None
    value = (_LOAD, 0, 0, _FIRST_VALUE_AT)
    each = [i for a in allowed for i in ((_EQUAL, 0, 1, a), (_RETURN, 0, 0, _ALLOW))]
    return _if(number, [value, *each, _refuse(errno.EPERM)])


def _none_of(refused: Iterable[int], *, of: str, nth: int, bits: int = _WHOLE) -> list[Instruction]:
    """Refuse a call where these bits of its nth value (from 0) are one of those refused."""
    number = _number(of)
    if number is None:
        return []
    value = (_LOAD, 0, 0, _FIRST_VALUE_AT + nth * _VALUE_BYTES)
    each = [i for r in refused for i in ((_EQUAL, 0, 1, r), _refuse(errno.EPERM))]
    return _if(number, [value, (_AND, 0, 0, bits), *each, (_RETURN, 0, 0, _ALLOW)])


def _only_threads() -> list[Instruction]:
    """A clone that is no thread is refused; clone3 is unknown, which the C library expects."""
    clone, clone3 = _number("clone"), _number("clone3")
    assert clone is not None
    assert clone3 is not None
    value = (_LOAD, 0, 0, _FIRST_VALUE_AT)
    thread = (_ANY_BIT, 0, 1, _CLONE_THREAD)
    then = [value, thread, (_RETURN, 0, 0, _ALLOW), _refuse(errno.EPERM)]
    return [*_if(clone, then), *_if(clone3, [_refuse(errno.ENOSYS)])]


def _unknown() -> Missing:
    return Missing(errno.ENOSYS, "the system calls of this machine are not known")


def _install(rules: list[Instruction]) -> None:
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
