"""A second checker of certificates, in plain Python and one person at a time.

It shares no line with `homeward.planning.certificate`; the tests hold the two against each
other. Slow on purpose: every sum is written out as the rules of that file state it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class RefusedError(Exception):
    """The certificate does not prove what it claims."""


@dataclass
class Left:
    """What is left to decide, as lists; `row[w][i][r]` is what person i adds to row r by way w."""

    row: list[list[list[int]]]
    low: list[int | None]
    high: list[int | None]
    open: list[list[bool]]
    told: list[list[int]]
    slack: list[tuple[int, int, list[int]]]
    holder: list[str]
    fixed: list[int] = field(default_factory=list)

    def verify(
        self, people: list[int], ways: list[int], slack: list[int], level: dict[str, Any]
    ) -> None:
        """Check one level and narrow what is left; i adds `people[i] * ways[w]` by way w."""
        value = [[weight * own for own in people] for weight in ways]
        reached, bound = whole(level["value"]), level["bound"]
        scale, total = whole(bound["scale"]), self.bound(value, slack, bound, [])
        gap = total - scale * reached
        if scale < 1 or gap < 0:
            raise RefusedError("nothing is bounded, or more is claimed than can be")
        if level.get("unproved") is True:
            if whole(level["at_most"]) != total // scale:
                raise RefusedError("another limit")
        elif "tree" in level:
            self.walk(value, slack, reached, level["tree"], [])
        elif gap >= scale:
            raise RefusedError("room for a better plan")
        self.narrow(value, slack, reached, bound["y"], scale, gap)
        if gap > 0:
            self.told = [[*told, own] for told, own in zip(self.told, people, strict=False)]

    def walk(self, value, slack, reached, node, path):
        """Check a tree: two parts of every split, a bound in every leaf."""
        if not isinstance(node, dict):
            raise RefusedError("a part is missing")
        if "class" not in node:
            total, scale = self.bound(value, slack, node, path), node["scale"]
            if total >= 0 if scale == 0 else total // scale > reached:
                raise RefusedError("a leaf leaves room")
            return
        way, most = whole(node["way"]), whole(node["at_most"])
        if not 0 <= way < len(self.row):
            raise RefusedError("no such way")
        signatures = [told + [int(o) for o in self.open[i]] for i, told in enumerate(self.told)]
        if signatures and len(node["class"]) != len(signatures[0]):
            raise RefusedError("another class")
        asked = [(at, whole(value)) for at, value in enumerate(node["class"]) if value is not None]
        undecided = [i for i, stays_or_goes in enumerate(self.open) if sum(stays_or_goes) > 1]
        people = {i for i in undecided if all(signatures[i][at] == v for at, v in asked)}
        self.walk(value, slack, reached, node.get("below"), [*path, (people, way, None, most)])
        self.walk(value, slack, reached, node.get("above"), [*path, (people, way, most + 1, None)])

    def bound(self, value, slack, proof, path) -> int:
        """Return what no plan exceeds, at the scale of the proof."""
        y, scale, branch = proof["y"], whole(proof["scale"]), proof.get("branch", [])
        if scale < 0 or len(y) > len(self.low) or len(branch) > len(path):
            raise RefusedError("too many multipliers")
        total = 0
        for multiplier, low, high in zip(y, self.low, self.high, strict=False):
            side = high if whole(multiplier) > 0 else low
            if multiplier and side is None:
                raise RefusedError("leans on no bound")
            total += multiplier * (side or 0)
        for s, (least, most, adds) in enumerate(self.slack):
            each = scale * slack[s] - sum(m * a for m, a in zip(y, adds, strict=False))
            total += max(each * least, each * most)
        for multiplier, (_, _, low, high) in zip(branch, path, strict=False):
            side = high if whole(multiplier) > 0 else low
            if multiplier and side is None:
                raise RefusedError("leans on an open side")
            total += multiplier * (side or 0)
        sums = dict.fromkeys(proof["sums"], 0)
        if set(sums) != set(self.holder) | set(sums):
            raise RefusedError("a holder without a sum")
        for i, code in enumerate(self.holder):
            sums[code] += max(self.worths(value, scale, y, i, branch, path).values())
        if sums != {code: whole(number) for code, number in proof["sums"].items()}:
            raise RefusedError("another sum")
        return total + sum(sums.values())

    def worths(self, value, scale, y, i, branch=(), path=()) -> dict[int, int]:
        """Return what everything that is open to a person is worth: 0 is staying."""
        found = {0: 0} if self.open[i][0] else {}
        for w, rows in enumerate(self.row):
            if self.open[i][1 + w]:
                own = scale * value[w][i] - sum(m * a for m, a in zip(y, rows[i], strict=False))
                for multiplier, (people, way, _, _) in zip(branch, path, strict=False):
                    own -= multiplier * (way == w and i in people)
                found[1 + w] = own
        return found

    def narrow(self, value, slack, reached, y, scale, gap):
        """Close what is worth too little, tighten rows, and keep the level as a row."""
        for i in range(len(self.open)):
            found = self.worths(value, scale, y, i)
            best = max(found.values())
            self.open[i] = [
                found.get(a, best - gap - 1) >= best - gap for a in range(len(self.row) + 1)
            ]
        for r, multiplier in enumerate(y[: len(self.low) - len(self.fixed)]):
            if multiplier > 0:
                least = self.high[r] - gap // multiplier
                self.low[r] = least if self.low[r] is None else max(self.low[r], least)
            elif multiplier < 0:
                most = self.low[r] + gap // -multiplier
                self.high[r] = most if self.high[r] is None else min(self.high[r], most)
        for s, (least, most, adds) in enumerate(self.slack):
            each = scale * slack[s] - sum(m * a for m, a in zip(y, adds, strict=False))
            fewest = max(least, most - gap // each) if each > 0 else least
            largest = min(most, least + gap // -each) if each < 0 else most
            self.slack[s] = (fewest, largest, adds)
        if gap > 0:
            self.fixed.append(reached)
            self.low.append(reached)
            self.high.append(reached)
            for w, rows in enumerate(self.row):
                for i, row in enumerate(rows):
                    row.append(value[w][i])
            for s, (_, _, adds) in enumerate(self.slack):
                adds.append(slack[s])


def whole(number: object) -> int:
    """Return a whole number, and nothing else that looks like one."""
    if type(number) is not int:
        raise RefusedError("no whole number")
    return number
