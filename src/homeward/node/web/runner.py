"""The process beside the pages: it does the jobs, and carries bundles through a shared folder.

Rules of this file:
- It opens the node itself; the passphrase reaches it through the pipe by which it was
  started, as it does the process of the pages.
- It ends with the server: it holds one end of a pipe, and the server the other. A job that
  runs then is left, and begins again at the next start.
- If it dies, it is started again, and that is said on standard error.
- It begins when the pages answer: somebody waits for them, and nobody for it.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from django.utils import timezone

from homeward.foundation.errors import EngineError
from homeward.node import courier, jobs
from homeward.node.home import Node, open_node

_LOOK_SECONDS = 0.2
_POST_SECONDS = 1.0
_AGAIN_SECONDS = 2.0
_BEGIN_SECONDS = 60.0
_END_SECONDS = 5.0
_log = logging.getLogger("homeward.runner")


@contextlib.contextmanager
def running_beside(
    home: Path,
    passphrase: str,
    *,
    post: Path | None,
    is_time: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Keep the process running as long as the block lasts.

    Args:
        home: The node's folder.
        passphrase: Of the node.
        post: A folder that the nodes share, or None.
        is_time: True once the process may begin; after a minute it begins in any case.
    """
    ending = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(home, passphrase, post, ending, is_time), daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(2 * _END_SECONDS)


def _keep(
    home: Path,
    passphrase: str,
    post: Path | None,
    ending: threading.Event,
    is_time: Callable[[], bool],
) -> None:
    until = time.monotonic() + _BEGIN_SECONDS
    while not is_time() and time.monotonic() < until and not ending.wait(_LOOK_SECONDS):
        pass
    context = multiprocessing.get_context("spawn")
    while not ending.is_set():
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(home, passphrase, post, theirs), daemon=True)
        process.start()
        theirs.close()
        while process.is_alive() and not ending.wait(_LOOK_SECONDS):
            pass
        ours.close()
        process.join(_END_SECONDS if ending.is_set() else 0)
        if process.is_alive():
            process.kill()
            process.join()
        if not ending.is_set():
            _log.error("The process of the jobs ended (%s); it is started again.", process.exitcode)
            ending.wait(_AGAIN_SECONDS)


def work(home: Path, passphrase: str, post: Path | None, server: Connection) -> None:
    """Do what waits, until the server ends.

    Args:
        home: The node's folder.
        passphrase: Of the node.
        post: A folder that the nodes share, or None.
        server: Closed by the server when it ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when it is time
    node = open_node(home, passphrase)
    jobs.resume(node)
    courier.note(node, now=timezone.now() if post else None)
    turn = _Post(node, post) if post else None
    while not server.poll(_LOOK_SECONDS):
        jobs.run_waiting(node, now=timezone.now, is_ending=server.poll)
        if turn is not None:
            turn.look()


class _Post:
    """Looks into the shared folder once a second."""

    def __init__(self, node: Node, folder: Path) -> None:
        self._node, self._folder = node, folder
        self._looked = self._repeated = float("-inf")
        self._is_silent = False

    def look(self) -> None:
        """Take what came, post what is new; what stays unconfirmed is posted again at times."""
        now = time.monotonic()
        if now - self._looked < _POST_SECONDS:
            return
        self._looked, again = now, now - self._repeated >= courier.AGAIN_SECONDS
        try:
            count = courier.take(self._node, self._folder, now=timezone.now())
            count += courier.post(self._node, self._folder, again=again)
        except EngineError as error:
            # A share that is away for an hour is no reason to end; it is said once.
            if not self._is_silent:
                _log.error("%s", error)
            self._is_silent = True
            return
        self._is_silent = False
        if again:
            self._repeated = now
        if count:
            courier.note(self._node, now=timezone.now())
