"""The one taxonomy of failures, and its one table to exit codes and HTTP statuses.

Rules of this file:
- A kind says whose fault it is and whether trying again can help. Nothing else.
- A message says what was expected, what was found and what to do.
- `facts` hold ids and counts. A name, a birth date, a state of health or free text
  from outside never enters a message, a fact or a log.
- Whatever is not one of these kinds is a bug and is not caught.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

Fact = str | int | bool | None | list[str]


class HomewardError(Exception):
    """A failure that was foreseen; raise one of its kinds, never this.

    Args:
        code: Stable dotted name, for programs (`"records.unreadable"`).
        message: Sentence for people: expected, found.
        hint: Sentence for people: what to do.
        facts: Ids and counts that belong to the failure.
    """

    exit_code: ClassVar[int]
    http_status: ClassVar[int]

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        if type(self) is HomewardError:
            msg = "Raise a kind of HomewardError, not HomewardError itself."
            raise TypeError(msg)
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.facts: dict[str, Fact] = dict(facts or {})

    def __str__(self) -> str:
        """Return the message and, after it, what to do."""
        return f"{self.message} {self.hint}".strip()

    def as_problem(self) -> dict[str, object]:
        """Return the failure as a JSON-ready object, the same for every front end."""
        return {
            "kind": type(self).__name__,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "facts": self.facts,
        }


class InputError(HomewardError):
    """Data at the boundary is wrong; nothing was changed."""

    exit_code = 2
    http_status = 422


class AccessError(HomewardError):
    """It does not exist, or it is not yours: the answer is the same."""

    exit_code = 3
    http_status = 404


class TurnError(HomewardError):
    """Our own move is illegal in the present state of the case."""

    exit_code = 4
    http_status = 409


class PeerError(HomewardError):
    """Their message is illegal; it is kept as evidence."""

    exit_code = 5
    http_status = 422


class RuleError(HomewardError):
    """The agreement or the cited law forbids it."""

    exit_code = 6
    http_status = 409


class InfeasibleError(HomewardError):
    """No plan keeps every clause."""

    exit_code = 7
    http_status = 409


class TamperError(HomewardError):
    """A hash, a signature or a proof does not hold; never retried."""

    exit_code = 8
    http_status = 409


class EngineError(HomewardError):
    """The solver, the disk or the database failed; trying again may help."""

    exit_code = 9
    http_status = 503


KINDS: tuple[type[HomewardError], ...] = (
    InputError,
    AccessError,
    TurnError,
    PeerError,
    RuleError,
    InfeasibleError,
    TamperError,
    EngineError,
)
"""Every kind, in order of exit code. Front ends map by `exit_code` and `http_status`."""
