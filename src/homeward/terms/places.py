"""Where in an agreement something is wrong, for every message about it.

Rules of this file:
- A message says the line, the table or clause, and the key; then what was expected and
  what was found. `facts` hold the same: `line`, `clause`, `key`.
- What is missing has the line of the table that it is missing from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from homeward.foundation.errors import Fact, InputError
from homeward.terms.positions import Path, lines_of

_HINTS = {
    "terms.clause": "Mend the clause; docs/reference/agreement.md lists every key.",
    "terms.document": "Mend the agreement; docs/reference/agreement.md lists what it may contain.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A table of an agreement, or a key in it.

    `path` leads to the table and `keys` from there on; `clause` is its id, if it is one.
    """

    text: str
    path: Path
    name: str
    clause: str | None = None
    keys: Path = ()

    def key(self, *keys: str | int) -> Place:
        """Return the place of a key in this table, or of something inside its value."""
        return Place(self.text, self.path, self.name, self.clause, (*self.keys, *keys))

    def wrong(self, expected: str, found: str) -> InputError:
        """Return the error for what stands here.

        Args:
            expected: What is allowed, as in "count = a whole number".
            found: What stands here instead, never a name.
        """
        code = "terms.document" if self.clause is None else "terms.clause"
        return InputError(
            code,
            _on_one_line(f"{self._said}: expected {expected}, found {found}."),
            hint=_HINTS[code],
            facts=self._facts,
        )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Add this place to an error about a value that is read here.

        Raises:
            InputError: The block raised it; its code and its hint are kept.
        """
        try:
            yield
        except InputError as error:
            message = f"{self._said}: {error.message[:1].lower()}{error.message[1:]}"
            facts = {**error.facts, **self._facts}
            message = _on_one_line(message)
            raise InputError(error.code, message, hint=error.hint, facts=facts) from error

    @property
    def line(self) -> int | None:
        """The line of the key; of what is around it, where it is missing; None for a missing table."""
        lines = lines_of(self.text)
        path = (*self.path, *self.keys)
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path)

    @property
    def _said(self) -> str:
        line, key = self.line, self._key
        parts = [f"line {line}"] if line else []
        parts += [self.name] if self.name else []
        parts += [f"key {key}"] if key else []
        said = ", ".join(parts)
        return said[0].upper() + said[1:] if line else f"In {said}"

    @property
    def _key(self) -> str:
        return _on_one_line(".".join(key[:60] for key in self.keys if isinstance(key, str)))

    @property
    def _facts(self) -> dict[str, Fact]:
        facts = {"line": self.line, "clause": self.clause, "key": self._key or None}
        return {name: value for name, value in facts.items() if value is not None}


def _on_one_line(text: str) -> str:
    """Return a text without characters that a terminal would obey."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def shown(value: object) -> str:
    """Write a value for a message, cut short."""
    return "nothing" if value is None else repr(value)[:60]
