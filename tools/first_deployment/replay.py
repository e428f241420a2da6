"""Press the buttons: write the files and run the commands, in a new directory with a new home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from .buttons import Button

DONE = "\x1f"
"""Ends what a command printed; no program of the page prints it."""
KEPT = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
PROXIES = {"http_proxy", "https_proxy", "no_proxy", "all_proxy"}


class Took(NamedTuple):
    """What a command took, in seconds."""

    elapsed: float
    """On the clock; more when the machine also does other work."""
    busy: float
    """Of processors, for the command and all that it started."""


class ReplayError(RuntimeError):
    """A command of the page that fails."""


def environment(home: Path) -> dict[str, str]:
    """Return the variables of a new user, with the caller's way to the package index.

    ``python3`` is the one that the documentation's own environment was made from, without the
    packages in there.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name in KEPT or name.lower() in PROXIES
    }
    caller = Path.home()
    kept.setdefault("PIP_CACHE_DIR", str(caller / ".cache" / "pip"))
    kept["UV_CACHE_DIR"] = os.environ.get("UV_CACHE_DIR", str(caller / ".cache" / "uv"))
    if (pip := caller / ".config" / "pip" / "pip.conf").is_file():
        kept.setdefault("PIP_CONFIG_FILE", str(pip))
    return kept | {
        "HOME": str(home),
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


class Terminal:
    """Bash, which runs one command after the other. Use it in a ``with`` statement."""

    def __init__(self, place: Path, variables: dict[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["/bin/bash", "--norc", "--noprofile"],
            cwd=place,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Return the terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the shell and all that it started, which is a group of its own."""
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGTERM)
        self._bash.communicate()

    def run(self, command: str) -> tuple[Took, str]:
        """Run one line; return what it took, and what it printed.

        Raises:
            ReplayError: its exit status is not 0, or it ended the shell.
        """
        source, sink = self._bash.stdin, self._bash.stdout
        if source is None or sink is None:
            raise ReplayError("the shell has no pipes")
        begin, busy = time.monotonic(), self._busy()
        source.write(f"{command}\nprintf '\\n{DONE}%d\\n' $?\n")
        source.flush()
        printed: list[str] = []
        for line in sink:
            if line.startswith(DONE):
                if status := int(line.removeprefix(DONE)):
                    raise ReplayError(f"{command}\nexit {status}\n{''.join(printed)}")
                took = Took(time.monotonic() - begin, self._busy() - busy)
                return took, "".join(printed)
            printed.append(line)
        raise ReplayError(f"{command}\nended the shell\n{''.join(printed)}")

    def _busy(self) -> float:
        """Return the processor seconds of the shell's session, ended children with them."""
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError, FileNotFoundError):
                if os.getsid(int(entry.name)) == self._bash.pid:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
        return ticks / os.sysconf("SC_CLK_TCK")


def replay(buttons: list[Button], place: Path, home: Path) -> tuple[list[list[Took]], str]:
    """Press each button; return what each of its commands took, and all that was printed.

    A file takes no time: a reader saves it, and a machine needs none.

    Raises:
        ReplayError: a command fails.
    """
    took: list[list[Took]] = []
    printed: list[str] = []
    with Terminal(place, environment(home)) as terminal:
        for button in buttons:
            if button.file:
                path = place / button.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(button.text, "utf-8")
            ran = [terminal.run(command) for command in button.commands]
            took.append([each for each, _ in ran])
            printed += [text for _, text in ran]
    return took, "".join(printed)
