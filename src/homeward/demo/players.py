"""Three nodes, each a process of its own, that are told what to do one intent at a time.

Rules of this file:
- A process opens one node and keeps it; it gets the name of an action and its arguments,
  and answers with the result or with the error. Nothing else crosses between processes:
  what one node has for another goes as a bundle, a file.
- Signing keys and ids are drawn from the demo's seed; age draws its own sealing keys, so that
  seals, and with them the first entry and the root of the ledger, differ between runs.
"""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from homeward.foundation.errors import KINDS, EngineError, HomewardError


@dataclass(slots=True)
class Player:
    """One node's process."""

    party: str
    pipe: Connection
    process: Any

    def start(self, act: str, **arguments: Any) -> None:
        """Tell the node to do something, without waiting for it.

        Args:
            act: `module:function`; the function takes the node first.
            arguments: Its other arguments.
        """
        self.pipe.send((act, arguments))

    def result(self) -> Any:
        """Wait for what was started, and return its result.

        Raises:
            HomewardError: As the action raised it.
            EngineError: The process is gone.
        """
        try:
            kind, value = self.pipe.recv()
        except EOFError as error:
            raise EngineError(
                "demo.gone",
                f"Expected the node of {self.party} to answer, found its process gone.",
                hint="Run the demo again.",
            ) from error
        if kind == "error":
            name, code, message, hint, facts = value
            found = next((k for k in KINDS if k.__name__ == name), EngineError)
            raise found(code, message, hint=hint, facts=facts)
        return value

    def ask(self, act: str, **arguments: Any) -> Any:
        """Tell the node to do something and return the result (see `result`)."""
        self.start(act, **arguments)
        return self.result()

    def stop(self) -> None:
        """End the process."""
        self.pipe.close()
        self.process.join(10)


def start_player(home: Path, passphrase: str, *, party: str, made: dict[str, Any] | None) -> Player:
    """Start the process of a node.

    Args:
        home: The node's folder.
        passphrase: Of the node.
        party: Whose it is.
        made: Arguments of `init_node` beside folder, passphrase and entropy, with `seed`,
            to make the node first; None opens one that exists.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, home, passphrase, made), daemon=True)
    process.start()
    theirs.close()
    return Player(party=party, pipe=ours, process=process)


def seeded(seed: str) -> Callable[[int], bytes]:
    """Return a source of bytes that is the same for the same seed; for simulations alone."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"SIMULATION|{seed}|{count}".encode()).digest(size)

    return draw


def _serve(pipe: Connection, home: Path, passphrase: str, made: dict[str, Any] | None) -> None:
    from homeward.node.home import init_node, open_node  # noqa: PLC0415 - in the child alone: Django is one per process

    if made is not None:
        entropy = seeded(made.pop("seed"))
        node = init_node(home, passphrase=passphrase, entropy=entropy, simulation=True, **made)
    else:
        node = open_node(home, passphrase)
    while True:
        try:
            act, arguments = pipe.recv()
        except EOFError:
            return
        module, name = act.split(":")
        try:
            pipe.send(("done", getattr(importlib.import_module(module), name)(node, **arguments)))
        except HomewardError as error:
            facts = (type(error).__name__, error.code, error.message, error.hint, error.facts)
            pipe.send(("error", facts))
