"""Small agreements with phases, ratios, scales and wishes, and their brute-force truth.

The truth shares no code with the product: it lists everything that everybody could do (stay,
or go in some phase and on some account) and tries all of it, by growing one array a feature.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from planning_worlds import CALM, DAY, IN_CATEGORY

COMBINATIONS_MAX = 300_000
FLOWS = ("RU -> UA", "UA -> RU")
WEIGHTS = {"private": 1, "captain": 3, "major": 4}

WHOLE = ("longest(days_held)", "least_share")
AIMS = ("count(women)", "sum(days_held)", "count(hurt)", "sum(equivalents)", *WHOLE)

Choice = tuple[int, str, str]
"""Phase (0: stays), account, basis."""


@st.composite
def way_worlds(draw) -> dict[str, Any]:
    """Draw two short lists and a few clauses of the newer kinds."""
    held = {
        holder: [
            CALM
            | {
                "ref": f"{holder}-{number}",
                "power": home,
                "sex": draw(st.sampled_from("MF")),
                "health": draw(st.sampled_from(("good", "sick", "serious"))),
                "rank": draw(st.sampled_from((*WEIGHTS, "private", ""))),
                "captured_on": (
                    DAY - dt.timedelta(draw(st.sampled_from((10, 400, 800))))
                ).isoformat(),
                "alive": draw(st.sampled_from(("yes",) * 7 + ("no",))),
                "consent": draw(st.sampled_from(("yes",) * 5 + ("no", "unknown"))),
            }
            for number in range(draw(st.integers(0, 5)))
        ]
        for holder, home in (("RU", "UA"), ("UA", "RU"))
    }
    kinds = draw(st.lists(st.sampled_from(sorted(DRAWN)), min_size=1, max_size=4))
    phased = draw(st.booleans())
    clauses = [
        {"id": f"c{n}", **DRAWN[kind](draw, held)}
        for n, kind in enumerate(kinds)
        if kind != "surplus"
    ]
    if draw(st.integers(0, 4)) == 0:
        clauses += [
            {"id": "even", "kind": "balance", "flows": [*FLOWS], "unit": "equivalents"},
            {"id": "rest", "kind": "surplus", "flows": [*FLOWS], "unit": "equivalents",
             "release": "parole"},
        ]  # fmt: skip
    if phased:
        clauses.append({"id": "calendar", **_calendar(draw)})
    objectives = draw(st.lists(st.sampled_from(AIMS), max_size=2, unique=True))
    by_phase = draw(st.booleans()) and phased
    return {
        "held": held,
        "clauses": [c for c in clauses if _says_something(c, clauses)],
        "objectives": [
            f"{aim} by phase" if by_phase and aim not in WHOLE else aim for aim in objectives
        ],
    }


def _says_something(clause: Mapping[str, Any], clauses: list[dict[str, Any]]) -> bool:
    """Say whether a clause names whom it needs; one bundle at most, so that none run in a circle."""
    if clause["kind"] == "bundle":
        first = next(c for c in clauses if c["kind"] == "bundle")
        return (
            clause is first
            and bool(set(clause["requires"]) ^ set(clause["persons"]))
            and all(clause[key] for key in ("persons", "requires"))
        )
    least = 2 if clause["kind"] == "together" else 1
    return len(clause.get("persons", ["somebody"] * least)) >= least


def _where(draw) -> dict[str, str]:
    found = draw(st.sampled_from((None, None, "women", "hurt", "long_held")))
    return {"where": found} if found else {}


def _flows(draw) -> list[str]:
    return draw(st.lists(st.sampled_from(FLOWS), min_size=1, max_size=2, unique=True))


def _names(draw, held) -> list[str]:
    everybody = [f"{h}:{p['ref']}" for h, rows in held.items() for p in rows]
    if not everybody:
        return []
    return draw(st.lists(st.sampled_from(everybody), min_size=1, max_size=3, unique=True))


def _wish(draw) -> dict[str, bool]:
    return {"prefer": True} if draw(st.booleans()) else {}


DRAWN: Mapping[str, Callable[..., dict[str, Any]]] = {
    "give": lambda draw, _: {"kind": "give", "flows": _flows(draw), **_where(draw), **_wish(draw),
                             "count": draw(st.integers(0, 4))},
    "quota": lambda draw, _: {"kind": "quota", "flows": _flows(draw), **_where(draw),
                              **_wish(draw), "min": draw(st.integers(0, 3)), "scope": "sum",
                              "unit": draw(st.sampled_from(("people", "equivalents")))},
    "cap": lambda draw, _: {"kind": "cap", "flows": _flows(draw), **_where(draw), **_wish(draw),
                            "max": draw(st.integers(0, 4))},
    "all_of": lambda draw, _: {"kind": "all_of", "flows": _flows(draw), **_where(draw),
                               **_wish(draw)},
    "cut": lambda draw, _: {"kind": "all_of", "flows": _flows(draw),
                            "cutoff": DAY - dt.timedelta(500)},
    "ratio": lambda draw, _: {"kind": "ratio", "for_each": {"flow": FLOWS[0], **_where(draw)},
                              "give": [{"flow": FLOWS[1], **_where(draw),
                                        "count": draw(st.integers(1, 2))}]},
    "balance": lambda draw, _: {"kind": "balance", "flows": [*FLOWS],
                                "unit": draw(st.sampled_from(("people", "equivalents")))},
    "pair": lambda draw, _: {"kind": "pair", "flows": [*FLOWS], "key": "rank", **_wish(draw)},
    "named": lambda draw, held: {"kind": "named", "persons": _names(draw, held), **_wish(draw)},
    "together": lambda draw, held: {"kind": "together", "persons": _names(draw, held),
                                    **_wish(draw)},
    "bundle": lambda draw, held: {"kind": "bundle", "persons": _names(draw, held)[:1],
                                  "requires": _names(draw, held)[:1], **_wish(draw)},
    "remains": lambda draw, _: {"kind": "remains", "flows": _flows(draw),
                                "max": draw(st.integers(0, 2)), "balance": "none"},
}  # fmt: skip


def _calendar(draw) -> dict[str, Any]:
    rounds = draw(st.integers(1, 2))
    found: dict[str, Any] = {"kind": "phase", "rounds": rounds}
    if draw(st.booleans()):
        found["seats"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        found["equal"] = True
    if draw(st.booleans()):
        found["lockstep"] = True
    if draw(st.booleans()):
        found |= {"flow": FLOWS[0], "at_least": [draw(st.integers(0, 1)) for _ in range(rounds)]}
    if draw(st.booleans()):
        found["order"] = ["women"]
    return found


def toml(world: Mapping[str, Any]) -> str:
    """Return the agreement of a world."""
    lines = [
        "[agreement]", 'id = "test"', "mediators = []", f"effective = {DAY.isoformat()}",
        'article_109 = "counted"', "[parties]", "RU = {}", "UA = {}",
        "[equivalents]", 'by = "rank"', *(f"{rank} = {w}" for rank, w in WEIGHTS.items()),
        "[categories]", "women = \"sex == 'F'\"", "hurt = \"health >= 'sick'\"",
        'long_held = "days_held >= 730"',
    ]  # fmt: skip
    for clause in world["clauses"]:
        lines += ["[[clause]]", *(f"{key} = {_text(value)}" for key, value in clause.items())]
    for aim in world["objectives"]:
        sense = "min" if aim.startswith("longest") else "max"
        lines += ["[[objective]]", f'{sense} = "{aim}"']
    return "\n".join(lines)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_text(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | dt.date) else f'"{value}"'


class Truth:
    """Everything that everybody could do, and what of it keeps the clauses."""

    def __init__(self, world: Mapping[str, Any]) -> None:
        self.world = world
        self.people = [(h, p) for h, rows in sorted(world["held"].items()) for p in rows]
        self.phase = next((c for c in world["clauses"] if c["kind"] == "phase"), None)
        self.rounds = self.phase["rounds"] if self.phase else 1
        self.ratios = [c for c in world["clauses"] if c["kind"] == "ratio"]
        self.owed = any(c["kind"] == "surplus" for c in world["clauses"])
        self.choices = [self._choices(h, p) for h, p in self.people]
        size = 1
        for choices in self.choices:
            size *= max(1, len(choices))
        assume(size <= COMBINATIONS_MAX)

    def best(self) -> tuple[int, ...] | None:
        """Return what the best plan reaches level by level, or None if there is none."""
        if any(not choices for choices in self.choices) or self._named_and_absent():
            return None
        kept = np.ones(self.sums(lambda *_: 0).shape, dtype=bool)
        for clause in self.world["clauses"]:
            if not clause.get("prefer"):
                for total, low, high in self.asks(clause):
                    kept &= (total >= low) & (total <= high)
        if not kept.any():
            return None
        found = []
        for level in self.levels():
            found.append(int(level[kept].max()))
            kept &= level == found[-1]
        return tuple(found)

    def sums(self, feature: Callable[[str, Mapping[str, str], Choice], int]) -> np.ndarray:
        """Return the sum of a feature for every combination of choices."""
        total = np.zeros(1, dtype=np.int64)
        for (holder, p), choices in zip(self.people, self.choices, strict=True):
            added = np.array([feature(holder, p, c) if c[0] else 0 for c in choices])
            total = (total[:, None] + added[None, :]).ravel()
        return total

    def _choices(self, holder: str, p: Mapping[str, str]) -> list[Choice]:
        name, flow = f"{holder}:{p['ref']}", f"{holder} -> {p['power']}"
        clauses = [c for c in self.world["clauses"] if self._gives(c, name, flow, p)]
        if p["consent"] == "no" and p["alive"] == "yes":
            # Whoever refuses stays; whom a clause names must not.
            named = [c for c in clauses if c["kind"] == "named" and not c.get("prefer")]
            return [] if named else [(0, "", "")]
        must = any(c["kind"] in {"all_of", "named"} and not c.get("prefer") for c in clauses)
        found: list[Choice] = [] if must else [(0, "", "")]
        if not clauses:
            return [(0, "", "")]
        for phase in range(1, self.rounds + 1):
            if p["alive"] == "no":
                found.append((phase, "", "remains"))
            elif any(part["flow"] == flow for r in self.ratios for part in r["give"]):
                found += [
                    (phase, account, "agreed") for account in self._accounts(clauses, flow, p)
                ]
            else:
                found.append((phase, "", "agreed"))
                if self.owed and WEIGHTS.get(p["rank"]) and p["status"] == "pow":
                    found.append((phase, "", "parole"))
        return found

    def _accounts(self, clauses, flow, p) -> list[str]:
        found = [c["id"] for c in clauses if c["kind"] not in {"ratio", "surplus"}]
        for ratio in self.ratios:
            for number, part in enumerate(ratio["give"], 1):
                if part["flow"] == flow and IN_CATEGORY[part.get("where")](p):
                    found.append(f"{ratio['id']}/{number}")
        return found

    def _gives(self, c, name, flow, p) -> bool:
        kind, living = c["kind"], p["alive"] == "yes"
        inside = flow in c.get("flows", []) and IN_CATEGORY[c.get("where")](p)
        match kind:
            case "give" | "pair":
                return inside and living
            case "balance" | "surplus":
                weighed = c["unit"] == "people" or WEIGHTS.get(p["rank"], 0) > 0
                return inside and living and weighed
            case "all_of":
                return inside and (p["captured_on"] <= c.get("cutoff", dt.date.max).isoformat())
            case "named":
                return name in c["persons"]
            case "remains":
                return flow in c["flows"] and not living
            case "ratio":
                of = [c["for_each"], *c["give"]]
                return living and any(
                    w["flow"] == flow and IN_CATEGORY[w.get("where")](p) for w in of
                )
            case "quota":
                return inside and living and ("where" not in c or not self._covered(flow))
        return False

    def _covered(self, flow: str) -> bool:
        kinds = {"give", "all_of", "balance", "pair", "surplus"}
        givers = [c for c in self.world["clauses"] if c["kind"] in kinds and flow in c["flows"]]
        return bool(givers) or any(part["flow"] == flow for r in self.ratios for part in r["give"])

    def _named_and_absent(self) -> bool:
        names = {f"{h}:{p['ref']}" for h, p in self.people}
        named = [c for c in self.world["clauses"] if c["kind"] == "named" and not c.get("prefer")]
        return any(not set(c["persons"]) <= names for c in named)

    def asks(self, clause: Mapping[str, Any]) -> Iterator[tuple[np.ndarray, int, int]]:
        """Yield what a clause asks: a sum for each combination, its least and its most."""
        kind, far = clause["kind"], 10**9
        inside = IN_CATEGORY[clause.get("where")]
        flows = clause.get("flows", [])

        def on(*of: str, weigh=False, **ways):
            return self.sums(
                lambda h, p, c: (
                    (WEIGHTS.get(p["rank"], 0) if weigh else 1)
                    * (
                        f"{h} -> {p['power']}" in of
                        and inside(p)
                        and p["alive"] == "yes"
                        and _by(c, **ways)
                    )
                )
            )

        match kind:
            case "give":
                for flow in flows:
                    apart = any(part["flow"] == flow for r in self.ratios for part in r["give"])
                    total = on(flow, account=clause["id"]) if apart else on(flow)
                    yield total, clause["count"], clause["count"]
            case "quota":
                yield on(*flows, weigh=clause["unit"] == "equivalents"), clause["min"], far
            case "cap":
                yield on(*flows), 0, clause["max"]
            case "balance":
                weigh, basis = clause["unit"] == "equivalents", "agreed" if self.owed else None
                for phase in self._each():
                    one = on(FLOWS[0], weigh=weigh, phase=phase, basis=basis)
                    yield one - on(FLOWS[1], weigh=weigh, phase=phase, basis=basis), 0, 0
            case "pair":
                for rank in (*WEIGHTS, ""):
                    yield self._ranked(FLOWS[0], rank) - self._ranked(FLOWS[1], rank), 0, 0
            case "ratio":
                yield from self._ratio(clause)
            case "together":
                goes = [self._goes(name) for name in sorted(clause["persons"])]
                for one, other in pairwise(goes):
                    yield one - other, 0, 0
            case "bundle":
                for name in clause["persons"]:
                    for needed in clause["requires"]:
                        yield self._goes(name) - self._goes(needed), -far, 0
            case "remains":
                for flow in flows:
                    yield self._dead(flow), 0, clause["max"]
            case "phase":
                yield from self._calendar(clause)

    def _each(self) -> list[int | None]:
        lockstep = self.phase is not None and self.phase.get("lockstep")
        return [*range(1, self.rounds + 1)] if lockstep else [None]

    def _ranked(self, flow: str, rank: str) -> np.ndarray:
        return self.sums(
            lambda h, p, _: f"{h} -> {p['power']}" == flow
            and p["rank"] == rank and p["alive"] == "yes" and p["status"] == "pow"
        )  # fmt: skip

    def _goes(self, name: str) -> np.ndarray:
        return self.sums(lambda h, p, _: f"{h}:{p['ref']}" == name)

    def _dead(self, flow: str, phase: int | None = None) -> np.ndarray:
        return self.sums(
            lambda h, p, c: (
                f"{h} -> {p['power']}" == flow and p["alive"] == "no" and _by(c, phase=phase)
            )
        )

    def _ratio(self, clause) -> Iterator[tuple[np.ndarray, int, int]]:
        each = clause["for_each"]
        for number, part in enumerate(clause["give"], 1):
            account = f"{clause['id']}/{number}"
            for phase in self._each():
                given = self.sums(
                    lambda h, p, c, phase=phase, account=account: _by(
                        c, phase=phase, account=account
                    )
                )
                counted = self.sums(
                    lambda h, p, c, phase=phase: f"{h} -> {p['power']}" == each["flow"]
                    and IN_CATEGORY[each.get("where")](p) and p["alive"] == "yes" and _by(c, phase=phase)
                )  # fmt: skip
                yield given - part["count"] * counted, 0, 0

    def _calendar(self, clause) -> Iterator[tuple[np.ndarray, int, int]]:
        used = {f for c in self.world["clauses"] for f in _flows_in(c)}
        for phase in range(1, self.rounds + 1):
            living = {
                flow: self.sums(
                    lambda h, p, c, flow=flow, phase=phase: f"{h} -> {p['power']}" == flow
                    and p["alive"] == "yes" and _by(c, phase=phase)
                )
                for flow in FLOWS
            }  # fmt: skip
            if "at_least" in clause:
                flow = clause["flow"]
                yield living[flow] + self._dead(flow, phase), clause["at_least"][phase - 1], 10**9
            for flow in sorted(used) if "seats" in clause else ():
                yield living[flow], 0, clause["seats"]
            if clause.get("equal"):
                empty = np.zeros_like(living[FLOWS[0]])
                one, other = (living[f] if f in used else empty for f in FLOWS)
                yield one - other, 0, 0

    def levels(self) -> Iterator[np.ndarray]:
        """Yield what every combination reaches, level by level."""
        for clause in self.world["clauses"]:
            if clause.get("prefer"):
                yield self._wish(clause)
        rounds = range(1, self.rounds + 1)
        if self.phase is not None and "order" in self.phase:
            for phase in rounds:
                yield self.sums(
                    lambda h, p, c, phase=phase: p["sex"] == "F" and _by(c, phase=phase)
                )
        if self.owed:
            yield self.sums(lambda h, p, c: WEIGHTS.get(p["rank"], 0) * _by(c, basis="agreed"))
        for aim in self.world["objectives"]:
            name, in_phases = aim.removesuffix(" by phase"), aim.endswith("by phase")
            if name in WHOLE:
                yield from self._longest() if name.startswith("longest") else [self._least_share()]
                continue
            for phase in rounds if in_phases else (None,):
                yield self.sums(
                    lambda h, p, c, phase=phase, name=name: (
                        _worth(name, p) * (p["alive"] == "yes" and _by(c, phase=phase))
                    )
                )
        if self.rounds > 1:
            yield self.sums(lambda h, p, c: self.rounds - c[0])

    def _longest(self) -> Iterator[np.ndarray]:
        for step in reversed(range(12)):
            yield self.sums(
                lambda h, p, c, step=step: (
                    p["alive"] == "yes" and min(_worth("days", p) // 180, 11) == step
                )
            )

    def _least_share(self) -> np.ndarray:
        found = np.full_like(self.sums(lambda *_: 0), 1000)
        for flow in FLOWS:
            gone = self.sums(lambda h, p, c, flow=flow: self._could_go(h, p, flow))
            able = sum(self._could_go(h, p, flow) for h, p in self.people)
            if able:
                found = np.minimum(found, 1000 * gone // able)
        return found

    def _could_go(self, holder: str, p: Mapping[str, str], flow: str) -> bool:
        name, own = f"{holder}:{p['ref']}", f"{holder} -> {p['power']}"
        gives = any(self._gives(c, name, flow, p) for c in self.world["clauses"])
        return own == flow and p["alive"] == "yes" and p["consent"] != "no" and gives

    def _wish(self, clause) -> np.ndarray:
        kind = clause["kind"]
        if kind in {"named", "all_of"}:
            return self.sums(
                lambda h, p, _: self._gives(clause, f"{h}:{p['ref']}", f"{h} -> {p['power']}", p)
            )
        if kind == "pair":
            return sum(
                np.minimum(self._ranked(FLOWS[0], rank), self._ranked(FLOWS[1], rank))
                for rank in (*WEIGHTS, "")
            )
        missed = np.zeros_like(self.sums(lambda *_: 0))
        for total, low, high in self.asks(clause):
            missed = missed + np.maximum(low - total, 0) + np.maximum(total - high, 0)
        return -missed


def _by(choice: Choice, phase=None, account=None, basis=None) -> bool:
    return (
        phase in (None, choice[0]) and account in (None, choice[1]) and basis in (None, choice[2])
    )


def _worth(name: str, p: Mapping[str, str]) -> int:
    match name:
        case "count(women)":
            return int(p["sex"] == "F")
        case "count(hurt)":
            return int(p["health"] in {"sick", "serious"})
        case "sum(equivalents)":
            return WEIGHTS.get(p["rank"], 0)
    return (DAY - dt.date.fromisoformat(p["captured_on"])).days


def _flows_in(c: Mapping[str, Any]) -> set[str]:
    found = set(c.get("flows", ())) | ({c["flow"]} if "flow" in c else set())
    if c["kind"] == "ratio":
        found |= {c["for_each"]["flow"], *(part["flow"] for part in c["give"])}
    return found
