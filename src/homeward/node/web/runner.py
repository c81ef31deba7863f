"""The process beside the pages: it does the jobs, and carries bundles.

Rules of this file:
- It opens the node itself; the passphrase reaches it through the pipe by which it was
  started, as it does the process of the pages.
- It ends with the server: it holds one end of a pipe, and the server the other. A job that
  runs then is left, and begins again at the next start.
- If it dies, it is started again, and that is said on standard error.
- Bundles go through a shared folder, or over the network if the node knows a way to its
  mediator (`route`). A line that fails is tried again, at most a minute later.
- It begins when the pages answer: somebody waits for them, and nobody for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from django.utils import timezone

from homeward.foundation.errors import AccessError, EngineError, HomewardError
from homeward.node import courier, jobs, sending
from homeward.node.home import Node, open_node
from homeward.node.route import Route, read_route

_LOOK_SECONDS = 0.2
_POST_SECONDS = 1.0
_AGAIN_SECONDS = 2.0
_ASK_SECONDS = 5.0
_PATIENCE_SECONDS = 60.0
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
    route = _route_of(node)
    courier.note(node, now=timezone.now() if post or route else None)
    turns: list[_Post | _Send] = [_Post(node, post)] if post else []
    turns += [_Send(node, route)] if route else []
    while not server.poll(_LOOK_SECONDS):
        jobs.run_waiting(node, now=timezone.now, is_ending=server.poll)
        for turn in turns:
            turn.look()


def _route_of(node: Node) -> Route | None:
    """Return the way to the mediator's node; what cannot be read keeps no other work from being done."""
    try:
        return None if node.about.role == "mediator" else read_route(node.home)
    except HomewardError as error:
        _log.error("%s", error)
        return None


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


class _Send:
    """Sends what is new at once, asks for what is new now and then, and is patient."""

    def __init__(self, node: Node, route: Route) -> None:
        self._node, self._route = node, route
        self._mark, self._looked, self._asked = "", float("-inf"), float("-inf")
        self._pause = 0.0

    def look(self) -> None:
        """Exchange bundles with the mediator's node, if it is time."""
        now = time.monotonic()
        if now - self._looked < _POST_SECONDS or now - self._asked < self._pause:
            return
        self._looked = now
        mark = self._now_new()
        if not mark or (mark == self._mark and now - self._asked < _ASK_SECONDS):
            return
        self._asked = now
        try:
            count = sending.exchange(self._node, self._route, now=timezone.now())
        except HomewardError as error:
            self._failed(error, mark)
            return
        self._mark, self._pause = self._now_new(), 0.0
        if count:
            courier.note(self._node, now=timezone.now())

    def _now_new(self) -> str:
        try:
            return courier.mark_of(self._node, sending.mediator_of(self._node))
        except AccessError:
            return ""  # no mediator's card yet

    def _failed(self, error: HomewardError, mark: str) -> None:
        if not self._pause:  # said once, until it works again
            _log.error("%s", error)
        self._pause = min(max(2 * self._pause, _AGAIN_SECONDS), _PATIENCE_SECONDS)
        if not isinstance(error, EngineError):
            now = timezone.now()
            name = hashlib.sha256(f"{mark}{error.code}".encode()).hexdigest()
            jobs.keep_failure(
                "bundle.import", {"file": mark}, error, actor=courier.NETWORK, now=now, id=name[:32]
            )
