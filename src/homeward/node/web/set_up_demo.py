"""The made-up exchange, started from the first page and served beside it.

Rules of this file:
- It is `homeward demo`, in a process of its own that ends with this one.
- It takes three free ports after ours, and a folder beside the one of the node.
"""

from __future__ import annotations

import atexit
import contextlib
import re
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from homeward.foundation.errors import EngineError

FOLDER = "homeward-demo"
_PARTIES = ("ua", "ru", "ae")
_PORTS_TRIED = 100
_ANSWER_SECONDS = 0.3
_END_SECONDS = 10
_STEP = re.compile(r"^\s*(\d+)/(\d+) (.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far a demo is. `addresses` are there once all three answer."""

    done_count: int
    total_count: int
    step: str
    addresses: tuple[tuple[str, str], ...]
    has_failed: bool


class Demo:
    """A demo that was started."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process, self._port = process, port
        self._done, self._total, self._step = 0, 0, ""
        threading.Thread(target=self._read, daemon=True).start()

    def look(self) -> Look:
        """Return how far it is."""
        ended = self._process.poll() is not None
        ports = range(self._port, self._port + len(_PARTIES))
        answers = not ended and all(map(_answers, ports))
        addresses = tuple(
            (party.upper(), f"http://{party}.localhost:{port}/")
            for party, port in zip(_PARTIES, ports, strict=True)
        )
        return Look(
            done_count=self._done,
            total_count=self._total,
            step=self._step,
            addresses=addresses if answers else (),
            has_failed=ended,
        )

    def end(self) -> None:
        """End its process."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)

    def _read(self) -> None:
        assert self._process.stderr is not None, "it was started with one"
        for line in self._process.stderr:
            if found := _STEP.match(line):
                self._done, self._total = int(found[1]), int(found[2])
                self._step = found[3].split(",")[0].strip()


_running: Demo | None = None
_lock = threading.Lock()


def start(beside: Path, *, after_port: int) -> None:
    """Start the demo, unless it runs.

    Args:
        beside: The folder in which the demo's own folder is made.
        after_port: Ours; the demo takes three that follow.

    Raises:
        EngineError: No three ports are free.
    """
    global _running  # noqa: PLW0603 - one demo for one process
    with _lock:
        if _running is not None and not _running.look().has_failed:
            return
        port = _free_port(after_port + 1)
        command = [sys.executable, "-m", "homeward", "demo", "--dir", str(beside / FOLDER)]
        process = subprocess.Popen(  # noqa: S603 - our own program and our own words
            [*command, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _running = Demo(process, port)
        atexit.register(_running.end)


def running() -> Demo | None:
    """Return the demo that was started, if one was."""
    return _running


def _free_port(first: int) -> int:
    for port in range(first, first + _PORTS_TRIED):
        if not any(map(_answers, range(port, port + len(_PARTIES)))):
            return port
    raise EngineError(
        "setup.ports",
        "Expected three free ports after ours, found none.",
        hint="Start `homeward demo --port P` on the terminal with another P.",
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(_ANSWER_SECONDS)
        return probe.connect_ex(("127.0.0.1", port)) == 0
