"""A shell in a pseudo-terminal, the directory that it runs in, and nothing left of them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, cast

import pexpect

from .mask import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .scenario import Scenario

ROOM = Path("/tmp/mltrack")  # noqa: S108 - programs print where they run: the name must not vary
"""Where projects are copied to. Its name is seen in recordings, so it is a short one."""

DONE = re.compile("\x1b]777;done;(\\d+)\x07(.*?)\x1b]777;prompt\x07")
SAY_DONE = "printf '\\033]777;done;%d\\007' $?"
SAY_PROMPT = r"PS1='\e]777;prompt\a' PS2=; stty -echo"
"""Operating system commands that no terminal knows: they mark where output and prompt end."""

CLOSED = "http://127.0.0.1:9"
"""A proxy that nobody answers at, for recordings that use no network."""


class SessionError(Exception):
    """A session that did not go as its file says."""


def environment(scenario: Scenario, home: Path) -> dict[str, str]:
    """Return the whole environment: nothing is inherited but the network's settings."""
    columns, lines = scenario.size
    own = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TERM": "xterm-256color",
        "COLUMNS": str(columns),
        "LINES": str(lines),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "FORCE_COLOR": "1",
        "TTY_INTERACTIVE": "0",  # rich: no spinners, whose frames depend on the clock
        "PYTHONHASHSEED": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CEILING_DIRECTORIES": str(ROOM),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
    return own | (_network() if scenario.network else _no_network()) | scenario.env


def _no_network() -> dict[str, str]:
    return {
        "PIP_NO_INDEX": "1",
        "http_proxy": CLOSED,
        "https_proxy": CLOSED,
        "no_proxy": "127.0.0.1,localhost",
    }


def _network() -> dict[str, str]:
    """Return the caller's way to the network and pip's cache, so that a re-run is quick."""
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
    proxies = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name in names or name.lower() in proxies
    }
    caller = Path.home()
    kept.setdefault("PIP_CACHE_DIR", str(caller / ".cache" / "pip"))
    settings = caller / ".config" / "pip" / "pip.conf"
    if settings.is_file():
        kept.setdefault("PIP_CONFIG_FILE", str(settings))
    return kept


@contextmanager
def room(project: Path) -> Iterator[tuple[Path, Path]]:
    """Give a copy of ``project`` below :data:`ROOM` and an empty home; remove both afterwards.

    Two recordings of one project wait for each other.

    Raises:
        SessionError: there is no such project, or the directory belongs to somebody else.
    """
    if not project.is_dir():
        raise SessionError(f"there is no project {project.name!r} in {project.parent}")
    ROOM.mkdir(mode=0o700, exist_ok=True)
    if ROOM.is_symlink() or ROOM.stat().st_uid != os.getuid():
        raise SessionError(f"{ROOM} belongs to somebody else; remove it to record")
    place = ROOM / project.name
    with (ROOM / f".{project.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(project, place, ignore=shutil.ignore_patterns("__pycache__"))
        try:
            with tempfile.TemporaryDirectory(prefix="mltrack-home-") as home:
                yield place, Path(home)
        finally:
            shutil.rmtree(place, ignore_errors=True)


class Result(NamedTuple):
    """What came of a command."""

    output: str
    """With escape sequences."""
    status: int
    prefix: str
    """What the shell now puts before its prompt, such as ``(.venv)``."""


class Shell:
    """Bash in a pseudo-terminal of fixed size. Use it in a ``with`` statement."""

    def __init__(self, scenario: Scenario, place: Path, home: Path) -> None:
        columns, lines = scenario.size
        self._bash: pexpect.spawn[str] = pexpect.spawn(
            "/bin/bash",
            ["--norc", "--noprofile", "--noediting"],
            env=environment(scenario, home),
            cwd=str(place),
            dimensions=(lines, columns),
            encoding="utf-8",
            codec_errors="replace",
            echo=False,
        )
        self._bash.delaybeforesend = None
        self.run(SAY_PROMPT, timeout=30)

    def __enter__(self) -> Self:
        """Return the shell."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the shell and every process of its session, by id."""
        for sign in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            for pid in self._members():
                with suppress(ProcessLookupError):
                    os.kill(pid, sign)
            if self._gone(seconds=2):
                break
        self._bash.close(force=True)

    def run(self, command: str, timeout: float) -> Result:
        """Run one line and return what came of it.

        Raises:
            SessionError: it took longer than ``timeout`` seconds, or ended the shell.
        """
        self._bash.sendline(f"{command}; {SAY_DONE}")
        try:
            self._bash.expect(DONE, timeout=timeout)
        except pexpect.TIMEOUT as error:
            problem = f"no end after {timeout:g} s"
            raise SessionError(f"{problem}\n{screen(self._bash.before or '')}") from error
        except pexpect.EOF as error:
            raise SessionError(f"the shell ended\n{screen(self._bash.before or '')}") from error
        match = cast("re.Match[str]", self._bash.match)
        return Result(self._bash.before or "", int(match[1]), match[2])

    def _members(self) -> list[int]:
        """Return the processes of the shell's session, itself last."""
        shell = self._bash.pid
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                if os.getsid(int(entry.name)) == shell:
                    found.append(int(entry.name))
        return sorted(found, reverse=True)

    def _gone(self, seconds: float) -> bool:
        """Wait until the session has no process left, for at most ``seconds``."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._bash.isalive()  # reaps it
            if not self._members():
                return True
            time.sleep(0.02)
        return False


def screen(output: str, lines: int = 15) -> str:
    """Return the last lines of what was on the screen, for a message."""
    shown = [line.rstrip() for line in plain(output).splitlines()][-lines:]
    return "\n".join(f"  | {line}" for line in shown) or "  | (an empty screen)"
