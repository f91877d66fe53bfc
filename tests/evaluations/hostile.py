"""Metric files that do what they must not, each with what its organiser is told."""

from typing import NamedTuple

HEAD = "higher_is_better = True\n"
GOOD = (
    HEAD
    + """
import numpy as np

def score(truth, prediction) -> float:
    return float(np.mean(truth == prediction))
"""
)


class Hostile(NamedTuple):
    """A metric's body, and a pattern for the words that name what became of it."""

    name: str
    body: str
    told: str

    @property
    def source(self) -> str:
        lines = "".join(f"    {line}\n" for line in self.body.strip().splitlines())
        return f"{HEAD}def score(truth, prediction) -> float:\n{lines}"


REFUSED = r"(PermissionError|BlockingIOError|OSError|ProcessLookupError)"
# Which limit is met first depends on the machine.
SLOW = r"(took longer than 2 s|MemoryError|died by signal)"
HOSTILE = [
    Hostile("an endless loop", "while True: pass", r"took longer than 2 s\."),
    Hostile("64 GB", "import numpy\nreturn numpy.ones(8_000_000_000).sum()", "MemoryError"),
    Hostile("64 GB bit by bit", "hoard = []\nwhile True: hoard.append(bytearray(10**9))", SLOW),
    Hostile("a fork bomb", "import os\nwhile True: os.fork()", REFUSED),
    Hostile(
        "a program",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])\nreturn 1.0",
        REFUSED,
    ),
    Hostile("os._exit(0)", "import os\nos._exit(0)", r"ended its process \(exit code 0\)"),
    Hostile(
        "os._exit(255)", "import os\nos._exit(255)", r"ended its process \(exit code 127 or more\)"
    ),
    Hostile("os._exit(3)", "import os\nos._exit(3)", r"ended its process \(exit code 3\)"),
    Hostile("sys.exit", "import sys\nsys.exit(0)", "SystemExit"),
    Hostile("a segfault", "import ctypes\nctypes.string_at(0)", r"died by signal 11 \(SIGSEGV\)"),
    Hostile("an abort", "import os\nos.abort()", r"died by signal (6|11)"),
    Hostile("the database", "open({database!r}, 'r+b').write(b'x')\nreturn 1.0", REFUSED),
    Hostile("another team's file", "return float(len(open({other!r}).read()))", REFUSED),
    Hostile("the hidden store", "import os\nreturn float(len(os.listdir({hidden!r})))", REFUSED),
    Hostile("removing a file", "import os\nos.remove({database!r})\nreturn 1.0", REFUSED),
    Hostile("other processes", "return float(len(open('/proc/1/environ').read()))", REFUSED),
    Hostile("10 GB of text", "while True: print('x' * 100_000)", "printed more than 65,536 bytes"),
    Hostile("a full disk", "{fill}\nreturn 1.0", "wrote more than 67,108,864 bytes to its disk"),
    Hostile("NaN", "return float('nan')", r"returned nan, not a finite number"),
    Hostile("infinity", "return float('inf')", r"returned inf, not a finite number"),
    Hostile("a string", "return '0.99'", r"returned a str, not a number"),
    Hostile("a bool", "return True", r"returned a bool, not a number"),
    Hostile("nothing", "pass", r"returned a NoneType, not a number"),
    Hostile("a list", "return [1.0]", r"returned a list, not a number"),
    Hostile("a million digits", "return 10 ** 1_000_000", r"returned a whole number that is too"),
    Hostile(
        "a million digits unseen",
        "import json\njson.JSONEncoder.encode = lambda *_: '9' * 1_000_000\nreturn 1.0",
        "answered something else than scores",
    ),
    Hostile(
        "an endless answer",
        "import json\njson.JSONEncoder.encode = lambda *_: '9' * 20_000_000\nreturn 1.0",
        "answered more than 16,777,216 bytes",
    ),
    Hostile(
        "an answer of its own",
        "import json\njson.JSONEncoder.encode = lambda *_: '[' * 100_000\nreturn 1.0",
        "answered something else than scores",
    ),
    Hostile(
        "a child left behind", "import os\nif os.fork() == 0:\n    {sleep}\nreturn 1.0", REFUSED
    ),
    Hostile(
        "a socket",
        "import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=1)\nreturn 1.0",
        REFUSED,
    ),
    Hostile(
        "a datagram",
        "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.sendto(b'x', ('127.0.0.1', {port}))\nreturn 1.0",
        REFUSED,
    ),
    Hostile("killing its parent", "import os\nos.kill(os.getppid(), 9)\nreturn 1.0", REFUSED),
    Hostile("killing the worker", "import os\nos.kill({worker}, 9)\nreturn 1.0", REFUSED),
    Hostile("killing everybody", "import os\nos.kill(-1, 9)\nreturn 1.0", REFUSED),
    Hostile("deep recursion", "return score(truth, prediction)", "RecursionError"),
    Hostile(
        "deeper recursion",
        "import sys\nsys.setrecursionlimit(2**31 - 1)\nreturn score(truth, prediction)",
        SLOW,
    ),
    Hostile(
        "memory that outlives it",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.shmget(1, 1 << 20, 0o1666) < 0:\n"
        "    raise OSError(ctypes.get_errno(), 'no shared memory')\nreturn 1.0",
        REFUSED,
    ),
    Hostile("rights of a file", "import os\nos.chmod({database!r}, 0)\nreturn 1.0", REFUSED),
    Hostile("dates of a file", "import os\nos.utime({database!r}, (0, 0))\nreturn 1.0", REFUSED),
    Hostile("emptying a file", "import os\nos.truncate({database!r}, 0)\nreturn 1.0", REFUSED),
    Hostile(
        "emptying a file by reading it",
        "import os\nos.open({database!r}, os.O_RDONLY | os.O_TRUNC)\nreturn 1.0",
        REFUSED,
    ),
    Hostile(
        "limits of the worker",
        "import resource\nresource.prlimit({worker}, resource.RLIMIT_NOFILE, (3, 3))\nreturn 1.0",
        REFUSED,
    ),
    Hostile("a folder", "import os\nos.mkdir('folder')\nreturn 1.0", REFUSED),
    Hostile(
        "an overlong message",
        "import json\nsaid = json.dumps({'visible': 'a' * 2_001})\n"
        "json.JSONEncoder.encode = lambda *_: said\nreturn 1.0",
        "answered something else than scores",
    ),
    Hostile(
        "more resamples than asked",
        "import json\nboard = {'value': 1.0, 'replicates': [1.0] * 21, 'fixed_ids': False}\n"
        "said = json.dumps({'boards': [board, board]})\n"
        "json.JSONEncoder.encode = lambda *_: said\nreturn 1.0",
        "answered for 21 resamples of 20",
    ),
    Hostile(
        "a terminal's commands",
        "raise ValueError(chr(27) + '[2J')",
        r"metric\.py raised ValueError: \ufffd\[2J",
    ),
    Hostile("half a character", "raise ValueError(chr(0xD800))", r"raised ValueError: \?"),
    Hostile("being root again", "import os\nos.setuid(0)\nos.setgroups([0])\nreturn 1.0", REFUSED),
]
FILL = "for i in range(1000): open(f'f{i}', 'wb').write(bytes(16_000_000))"
SLEEP = "import time; time.sleep(60)"
# They are scored, as what they say they are; nothing of it is left for the next one.
PATCHES = """
import json, sys
import numpy as np
import scorers.metric_files.scoring, scorers.tables

def score(truth, prediction) -> float:
    np.mean = np.flatnonzero = lambda *_: 1.0
    json.loads = scorers.tables.read_table = scorers.metric_files.scoring.score_by_metric = None
    sys.modules.clear()
    return 0.25
"""
