"""The minimal conflicts of a small agreement, by brute force over sets of clauses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from way_worlds import Truth


class Subsets:
    """What each set of hard clauses can be, by brute force over everything everybody could do.

    Dropping a clause takes away what it asks, never whom it gives: so the ways of everybody
    are those of the whole agreement, and only what is asked is left out.
    """

    def __init__(self, world: Mapping[str, Any]) -> None:
        self.truth = _Loose(world)
        self.names = [c["id"] for c in world["clauses"] if not c.get("prefer")]
        self.names.append("consent")
        asked = {name: self.truth.kept_by(name) for name in self.names}
        restricting = [name for name in self.names if not asked[name].all()]
        self.minimal: list[frozenset[str]] = []
        for size in range(1, len(restricting) + 1):
            for names in map(frozenset, combinations(restricting, size)):
                if any(core <= names for core in self.minimal):
                    continue
                kept = asked[next(iter(names))].copy()
                for name in names:
                    kept &= asked[name]
                if not kept.any():
                    self.minimal.append(names)


class _Loose(Truth):
    """Everything that everybody could do if no clause asked anything."""

    def _choices(self, holder, p):
        name, flow = f"{holder}:{p['ref']}", f"{holder} -> {p['power']}"
        giving = [c for c in self.world["clauses"] if self._gives(c, name, flow, p)]
        bare = {**p, "consent": "yes"}
        wished = {**self.world, "clauses": [_unasked(c) for c in self.world["clauses"]]}
        whole, self.world = self.world, wished
        try:
            found = super()._choices(holder, bare)
        finally:
            self.world = whole
        return found if giving else [(0, "", "")]

    def kept_by(self, name: str):
        """Return which combinations keep a clause."""
        if name == "consent":
            refuses = [
                (h, p) for h, p in self.people if p["consent"] == "no" and p["alive"] == "yes"
            ]
            return self._gone(refuses) == 0
        clause = next(c for c in self.world["clauses"] if c["id"] == name)
        kept = self.sums(lambda *_: 0) == 0
        for total, low, high in self.asks(clause):
            kept &= (total >= low) & (total <= high)
        if clause["kind"] in {"named", "all_of"}:
            meant = [
                (h, p)
                for h, p in self.people
                if self._gives(clause, f"{h}:{p['ref']}", f"{h} -> {p['power']}", p)
                and not (
                    clause["kind"] == "all_of" and p["consent"] == "no" and p["alive"] == "yes"
                )
            ]
            kept &= self._gone(meant) == len(meant)
        return kept

    def _gone(self, people):
        names = {f"{h}:{p['ref']}" for h, p in people}
        return self.sums(lambda h, p, _: f"{h}:{p['ref']}" in names)


def _unasked(clause: Mapping[str, Any]) -> dict[str, Any]:
    """Return a clause that forces nobody: `named` and `all_of` as wishes."""
    return {**clause, "prefer": True} if clause["kind"] in {"named", "all_of"} else dict(clause)
