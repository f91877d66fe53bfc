"""Writes what a benchmark measured into results.md, with the machine it was measured on."""

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
GIGABYTE = 1024**3


def machine(load_before: float) -> str:
    """Describe the machine and how busy others kept it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    cores = len(os.sched_getaffinity(0))
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {cores} cores ({_processor()}), "
        f"{memory:.0f} GB of memory, Python {platform.python_version()}, "
        f"scikit-learn {version('scikit-learn')}, Linux {platform.release()}. "
        f"Load average of the minute before: {load_before:.2f}{_warning(load_before, cores)}."
    )


def _warning(load: float, cores: int) -> str:
    return " (others were busy: the machine can do better)" if load > cores / 2 else ""


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1].strip() if found else platform.machine()


def load_average() -> float:
    """Return the load of the last minute, to be asked before the benchmark adds its own."""
    return os.getloadavg()[0]


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table whose columns but the first hold numbers."""
    rule = ["---", *["--:"] * (len(headings) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [headings, rule, *rows])


def write_section(title: str, body: str) -> None:
    """Put a section into results.md, in the place of the one with the same title."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmarks\n"
    kept = re.sub(rf"\n## {re.escape(title)}\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    section = f"## {title}\n\n{body.strip()}\n"
    RESULTS.write_text(f"{kept.rstrip()}\n\n{section}", encoding="utf-8")
    print(section)
