"""Sets everything up on a fresh machine with nothing but Python, then runs the demonstration or the tests.

    python3 packaging/first_run.py demo      the main job on the embedded practice source
    python3 packaging/first_run.py test      lint, types, import contracts and all tests
    python3 packaging/first_run.py setup     the virtual environment alone

What Qt needs on a bare Linux, and for `test` the programs that some tests drive, is installed when this runs as root
on Debian or Ubuntu, and otherwise named in one line to paste. Uses the standard library alone: it runs before
anything is installed.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
QT_LIBRARIES = {  # what PySide6's offscreen and X11 platforms load, and the Debian package that has it
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
TEST_PROGRAMS = {  # what some tests drive, and the Debian package that has it; a test without its program says so
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "xprop": "x11-utils",
    "chromium": "chromium",
    "soffice": "libreoffice-calc-nogui",
    "strip": "binutils",
    "objdump": "binutils",
    "dbus-daemon": "dbus-daemon",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""Any of them does where tests ask for Chromium."""
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("pytest", "-n", "auto"),
)
STARTED = {"lint-imports": ("-c", "from importlinter.cli import lint_imports_command as check; check()")}
"""How a check is started that is no module."""


def main(arguments: list[str]) -> int:
    task = arguments[0] if arguments else "demo"
    if task not in ("demo", "test", "setup"):
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):
        print(f"FetchToZip needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 1
    provide_system_packages(for_tests=task == "test")
    provide_environment("dev" if task == "test" else "")
    if task == "demo":
        return subprocess.call([PYTHON, "-m", "fetchtozip_gui", "demo", *arguments[1:]])
    if task == "test":
        return check(arguments[1:])
    print(f"Ready: {PYTHON.relative_to(ROOT)} -m fetchtozip_gui")
    return 0


def check(extra: list[str]) -> int:
    """Run every check, stop at the first that fails."""
    for module, *options in CHECKS:
        more = extra if module == "pytest" else []
        print(f"· {' '.join((module, *options, *more))}", flush=True)
        command = [PYTHON, *STARTED.get(module, ("-m", module)), *options, *more]
        environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
        if code := subprocess.call(command, cwd=ROOT, env=environment):
            return code
    return 0


def provide_system_packages(*, for_tests: bool) -> None:
    """On Linux: the libraries Qt needs, Debian's own half of the venv module, and what tests drive; what is missing."""
    if not sys.platform.startswith("linux"):
        return
    needed = [package for library, package in QT_LIBRARIES.items() if not _loads(library)]
    try:
        import ensurepip  # noqa: F401  Debian ships it apart from Python
    except ImportError:
        needed.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    programs = {package for program, package in TEST_PROGRAMS.items() if not has_program(program)}
    useful = sorted(programs) if for_tests else []
    if not needed and not useful:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        _name(needed, "Qt and Python need system packages that are missing.")
        _name(useful, "Some tests are skipped without programs that are missing.")
        return
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    # Ubuntu has some of them under other names: these tests are then skipped, the others need not suffer
    known = [package for package in useful if _is_known(package)]
    command = [*_INSTALL, *needed, *known]
    print(f"· {' '.join(command)}", flush=True)
    subprocess.run(command, check=bool(needed), **quiet)


def has_program(name: str) -> bool:
    """Whether a program of `TEST_PROGRAMS` is there."""
    return any(map(shutil.which, BROWSERS if name == "chromium" else (name,)))


_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


def _name(packages: list[str], why: str) -> None:
    if packages:
        print(f"{why} On Debian and Ubuntu:\n  sudo {' '.join((*_INSTALL, *packages))}", flush=True)


def _is_known(package: str) -> bool:
    told = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False).stdout
    return "Candidate:" in told and "Candidate: (none)" not in told


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def provide_environment(extra: str) -> None:
    """A virtual environment with what pyproject.toml asks for, at the versions that were tested."""
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")))
    wanted.update(f"{sys.version} {ROOT}".encode())
    stamp = VENV / f"ready-{extra or 'base'}"
    if stamp.is_file() and stamp.read_text() == wanted.hexdigest():
        return
    if not PYTHON.is_file():
        print("· making a virtual environment in .venv", flush=True)
        venv.create(VENV, with_pip=True)
    print("· installing packages (a few minutes the first time)", flush=True)
    target = f".[{extra}]" if extra else "."
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-c",
        "constraints.txt",
        "-e",
        target,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    stamp.write_text(wanted.hexdigest())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
