"""Before `make test`: Chromium is there, or is installed, or it is said what to run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = """\
The journeys through the product need Chromium, and it is not here.
Run this, and then `make test` again:

    {command}

Or name one that you have: VARSITY_CHROMIUM=/path/to/chromium make test
"""


def find_chromium() -> str | None:
    """Return the Chromium that VARSITY_CHROMIUM names, or the first on the path."""
    named = os.environ.get("VARSITY_CHROMIUM", "")
    if named:
        return named if os.access(named, os.X_OK) else None
    found = [shutil.which(name) for name in CANDIDATES]
    return next((path for path in found if path), None)


def may_install() -> bool:
    """Whether Debian's packages can be installed from here without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> bool:
    """Install Debian's Chromium and the fonts for Chinese names; say whether that worked."""
    print(f"-- installing {' and '.join(PACKAGES)} for the tests in the browser", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        command = ["apt-get", "-qq", *arguments]
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            print(f"{' '.join(command)} failed with exit code {done.returncode}", file=sys.stderr)
            return False
    return find_chromium() is not None


def works(path: str) -> bool:
    """Whether it starts at all."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def advice() -> str:
    """Return what a person should run."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    named = os.environ.get("VARSITY_CHROMIUM", "")
    said = ADVICE.format(command=f"{sudo}apt-get install {' '.join(PACKAGES)}")
    if named:
        said = f"VARSITY_CHROMIUM names {named}, which can't be run.\n\n{said}"
    return said


def main() -> int:
    """Return 0 where the tests can start."""
    named = bool(os.environ.get("VARSITY_CHROMIUM"))
    if find_chromium() is None and not named and may_install():
        install()
    path = find_chromium()
    if path is None or not works(path):
        print(advice(), file=sys.stderr)
        return 1
    if not Path(path).is_absolute():
        print(f"VARSITY_CHROMIUM must be a whole path: {path}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
