"""Policies: whose cosignatures make a checkpoint count.

Rules of this file:
- A policy is a text of lines: `log VKEY`, `witness NAME VKEY`, `group NAME all|any|K NAME…`,
  `quorum NAME|none`. Lines that are empty or begin with `#` say nothing.
- A name stands for one thing, and is used only below the line that makes it. So no group
  holds itself.
- No key stands twice, and no name is a member twice: a witness counts once, in one way.
- There is exactly one quorum. Under `none` the log's own signature is enough.

Which kind of entry needs which policy is for whoever knows kinds.

Source: C2SP tlog-policy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.cosignature import Cosigned, WitnessVerifier, open_cosigned, parse_witness_vkey
from homeward.ledger.note import NoteVerifier, parse_vkey

MAX_POLICY_CHARS = 65_536
NO_QUORUM = "none"
_LINES_MAX = 512
_UNFIT = re.compile(r"[^\t\n\x20-\x7e\x80-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Group:
    """At least `need` of the members, which are witnesses or groups, must have cosigned."""

    need: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Logs, witnesses and groups by name, and the name of what must have cosigned."""

    logs: tuple[NoteVerifier, ...] = ()
    witnesses: Mapping[str, WitnessVerifier] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NO_QUORUM


def read_policy(text: str) -> Policy:
    """Read a policy.

    Args:
        text: Lines as the rules of this file say, at most 65,536 characters.

    Returns:
        The policy.

    Raises:
        InputError: A line has another form, or uses a name or a key it may not; the line is
            named by its number.
    """
    if len(text) > MAX_POLICY_CHARS or _UNFIT.search(text) or text.count("\n") > _LINES_MAX:
        raise InputError(
            "ledger.policy",
            f"Expected a policy of at most {_LINES_MAX} lines of text, found another file.",
            hint="See C2SP tlog-policy for what it may say.",
        )
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = re.findall(r"[^ \t]+", line)
        if words and not words[0].startswith("#"):
            try:
                reader.take(words)
            except (KeyError, ValueError, InputError) as error:
                raise _wrong(number) from error
    if reader.quorum is None:
        raise _wrong(0)
    return Policy(
        logs=tuple(reader.logs),
        witnesses=reader.witnesses,
        groups=reader.groups,
        quorum=reader.quorum,
    )


def write_policy(policy: Policy) -> str:
    """Return a policy as text; `read_policy` gives the same policy again."""
    lines = [f"log {log.vkey}" for log in policy.logs]
    lines += [f"witness {name} {each.vkey}" for name, each in policy.witnesses.items()]
    for name, group in policy.groups.items():
        need = "all" if group.need == len(group.members) else str(group.need)
        lines.append(f"group {name} {need} {' '.join(group.members)}")
    return "\n".join([*lines, f"quorum {policy.quorum}"]) + "\n"


def make_policy(log: NoteVerifier, witnesses: Iterable[WitnessVerifier], need: int) -> Policy:
    """Return the policy that at least `need` of some witnesses must have cosigned.

    Args:
        log: The log's key.
        witnesses: Each with a name and a key of its own.
        need: How many; 0 asks for none.

    Returns:
        The policy, with one group of all of them.

    Raises:
        InputError: More are needed than there are.
    """
    by_name = {each.name: each for each in witnesses}
    if not 0 <= need <= len(by_name):
        raise InputError(
            "ledger.policy_need",
            f"Expected at most {len(by_name)} witnesses to be needed, found {need}.",
            hint="Name more witnesses, or ask for fewer.",
            facts={"count": len(by_name)},
        )
    if need == 0:
        return Policy(logs=(log,), witnesses=by_name)
    group = Group(need, tuple(by_name))
    return Policy(logs=(log,), witnesses=by_name, groups={"quorum": group}, quorum="quorum")


def has_quorum(policy: Policy, cosigned_by: Collection[str]) -> bool:
    """Tell whether cosignatures are enough.

    Args:
        policy: What is asked.
        cosigned_by: The vkeys of the witnesses whose cosignatures hold.
    """
    done = {NO_QUORUM: True}
    done |= {name: each.vkey in cosigned_by for name, each in policy.witnesses.items()}
    for name, group in policy.groups.items():  # in order: each stands below its members
        done[name] = sum(done[member] for member in group.members) >= group.need
    return done[policy.quorum]


def verify_quorum(policy: Policy, cosigned: Cosigned) -> None:
    """Check that a checkpoint counts.

    Args:
        policy: What is asked.
        cosigned: From `open_cosigned`, with the witnesses of this policy.

    Raises:
        TamperError: Too few witnesses cosigned it.
    """
    if not has_quorum(policy, cosigned.times):
        known = {each.vkey for each in policy.witnesses.values()}
        count = len(known & cosigned.times.keys())
        raise TamperError(
            "ledger.quorum",
            f"Expected the cosignatures that the policy asks for, found {count} of its "
            f"{len(known)} witnesses.",
            hint="Wait until more witnesses have cosigned, and ask for the receipt again.",
            facts={"count": count, "witnesses": len(known)},
        )


def open_under(note: str, policy: Policy, verifier: NoteVerifier | None = None) -> Cosigned:
    """Check a cosigned checkpoint under a policy.

    Args:
        note: The checkpoint with its cosignatures.
        policy: Its logs, witnesses and quorum.
        verifier: The log's key, if it is known; else one of the policy's logs must have
            signed.

    Returns:
        The checkpoint, and who cosigned it.

    Raises:
        TamperError: No log of the policy signed it, a cosignature of a known witness does
            not hold, or there are too few.
    """
    logs = policy.logs if verifier is None else (verifier,)
    origin = note.partition("\n")[0]
    log = next((each for each in logs if each.name == origin), None)
    if log is None or (verifier is not None and policy.logs and verifier not in policy.logs):
        raise TamperError(
            "ledger.policy_log",
            "Expected a checkpoint of a log that the policy names, found another log or key.",
            hint="Compare the log's key with the one that its operator handed out.",
        )
    cosigned = open_cosigned(note, log, log.name, policy.witnesses.values())
    verify_quorum(policy, cosigned)
    return cosigned


class _Reader:
    """Takes a policy line by line. Whatever is wrong raises KeyError, ValueError, InputError."""

    def __init__(self) -> None:
        self.logs: list[NoteVerifier] = []
        self.witnesses: dict[str, WitnessVerifier] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._grouped: set[str] = set()

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                log = parse_vkey(vkey)
                self._require(all(log.public != each.public for each in self.logs))
                self.logs.append(log)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                witness = parse_witness_vkey(vkey)
                others = (each.public for each in self.witnesses.values())
                self._require(self._is_new(name) and witness.public not in others)
                self.witnesses[name] = witness
            case ["group", name, need, *members] if members:
                self._require(self._is_new(name) and len(set(members)) == len(members))
                self._require(not self._grouped & set(members))
                self._require(all(self._is_known(member) for member in members))
                self.groups[name] = Group(_need(need, len(members)), tuple(members))
                self._grouped |= set(members)
            case ["quorum", name] if self.quorum is None:
                self._require(name == NO_QUORUM or self._is_known(name))
                self.quorum = name
            case _:
                raise ValueError(words[0])

    def _is_known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _is_new(self, name: str) -> bool:
        return name != NO_QUORUM and not self._is_known(name)

    @staticmethod
    def _require(holds: bool) -> None:
        if not holds:
            raise ValueError("rule")


def _need(word: str, count: int) -> int:
    if word in {"all", "any"}:
        return count if word == "all" else 1
    if not re.fullmatch(r"[1-9][0-9]{0,3}", word) or int(word) > count:
        raise ValueError(word)
    return int(word)


def _wrong(line: int) -> InputError:
    where = f"in line {line}" if line else "with one quorum line"
    return InputError(
        "ledger.policy",
        f"Expected a policy {where} as C2SP tlog-policy writes one, found another text.",
        hint="Lines are: log VKEY; witness NAME VKEY; group NAME all|any|K NAME…; quorum NAME.",
        facts={"line": line},
    )
