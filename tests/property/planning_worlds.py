"""Small random agreements and pools, and their brute-force truth.

The truth shares no code with the product: it reads the same rows, and sums features of
all subsets of the people who may travel, by doubling one array a feature.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

DAY = dt.date(2025, 2, 5)
FREE_MAX = 20
"""People whose subsets are tried: a million subsets."""

Held = tuple[str, dict[str, str]]
"""Holder and row."""

HEALTH = ("good", "sick", "wounded", "serious", "grave", "unknown")


@st.composite
def people(draw, holder: str, homes: tuple[str, ...], most: int = 12) -> list[dict[str, str]]:
    rows = []
    for number in range(draw(st.integers(0, most))):
        days = draw(st.sampled_from((0, 10, 10, 400, 729, 730, 900)))
        rows.append(
            {
                "ref": f"{holder}-{number}",
                "power": draw(st.sampled_from(homes)),
                "status": draw(st.sampled_from(("pow", "pow", "pow", "civilian"))),
                "sex": draw(st.sampled_from(("M", "M", "F"))),
                "alive": draw(st.sampled_from(("yes",) * 9 + ("no",))),
                "health": draw(st.sampled_from(HEALTH)),
                "article_109": draw(st.sampled_from(("unknown",) * 6 + ("owed", "not_owed"))),
                "fit_to_travel": draw(st.sampled_from(("yes", "yes", "unknown", "no"))),
                "consent": draw(st.sampled_from(("yes",) * 6 + ("no", "unknown"))),
                "captured_on": (DAY - dt.timedelta(days=days)).isoformat(),
            }
        )
    return rows


CATEGORIES = {
    "wounded": "health >= 'serious'",
    "hurt": "health >= 'sick'",
    "women": "sex == 'F'",
    "long_held": "days_held >= 730",
    "civilians": "status == 'civilian'",
}

IN_CATEGORY = {
    None: lambda p: p["status"] == "pow",
    "wounded": lambda p: p["health"] in {"serious", "grave"},
    "hurt": lambda p: p["health"] in {"sick", "wounded", "serious", "grave"},
    "women": lambda p: p["sex"] == "F",
    "long_held": lambda p: days(p) >= 730,
    "civilians": lambda p: p["status"] == "civilian",
    "all": lambda _: True,
}


def days(person: Mapping[str, str]) -> int:
    return (DAY - dt.date.fromisoformat(person["captured_on"])).days


@st.composite
def clauses(
    draw, flows: tuple[str, ...], held: Mapping[str, list[dict[str, str]]]
) -> list[dict[str, Any]]:
    where = st.sampled_from((None, None, "wounded", "hurt", "women", "long_held", "civilians"))
    some_flows = st.lists(st.sampled_from(flows), min_size=1, max_size=len(flows), unique=True)
    everybody = [f"{h}:{p['ref']}" for h, rows in held.items() for p in rows]
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(KINDS_DRAWN))
        clause: dict[str, Any] = {"id": f"c{number}", "kind": kind}
        if kind in {"named", "veto"}:
            if everybody:
                persons = st.lists(st.sampled_from(everybody), min_size=1, max_size=2, unique=True)
                found.append(clause | {"persons": draw(persons)})
            continue
        category = draw(where)
        if category:
            clause["where"] = category
        found.append(clause | {"flows": draw(some_flows)} | _numbers(draw, kind))
    if draw(st.booleans()):
        found.append(
            {
                "id": "will",
                "kind": "consent",
                "on_unknown": draw(st.sampled_from(("ask", "exclude"))),
            }
        )
    return found


KINDS_DRAWN = ("give", "give", "quota", "quota", "cap", "named", "veto", "balance")


def _numbers(draw, kind: str) -> dict[str, Any]:
    if kind == "give":
        return {"count": draw(st.integers(0, 6))}
    if kind == "cap":
        return {"max": draw(st.integers(0, 8))}
    if kind == "balance":
        return {"scope": "party"}
    low = draw(st.one_of(st.none(), st.integers(0, 4)))
    numbers: dict[str, Any] = {"scope": draw(st.sampled_from(("each", "sum")))}
    if low is not None:
        numbers["min"] = low
    if low is None or draw(st.booleans()):
        numbers["max"] = (low or 0) + draw(st.integers(0, 4))
    return numbers


@st.composite
def worlds(draw, parties: tuple[str, ...] = ("RU", "UA"), most: int = 12) -> dict[str, Any]:
    held = {p: draw(people(p, tuple(q for q in parties if q != p), most)) for p in parties}
    flows = tuple(f"{a} -> {b}" for a in parties for b in parties if a != b)
    objectives = draw(
        st.lists(
            st.sampled_from(
                (
                    "count(wounded)",
                    "count(women)",
                    "sum(days_held)",
                    "count(all)",
                    "count(long_held)",
                )
            ),
            max_size=3,
            unique=True,
        )
    )
    return {
        "parties": parties,
        "held": held,
        "clauses": draw(clauses(flows, held)),
        "objectives": [(draw(st.sampled_from(("max", "max", "min"))), text) for text in objectives],
        "article_109": draw(st.sampled_from(("counted", "outside"))),
    }


def toml(world: Mapping[str, Any]) -> str:
    lines = ["[agreement]", 'id = "test"', "mediators = []", "effective = 2025-02-05"]
    lines += [f'article_109 = "{world["article_109"]}"', "[parties]"]
    lines += [f"{p} = {{}}" for p in world["parties"]] + ["[categories]"]
    lines += [f'{name} = "{text}"' for name, text in CATEGORIES.items()]
    for clause in world["clauses"]:
        lines.append("[[clause]]")
        for key, value in clause.items():
            lines.append(f"{key} = " + (f'"{value}"' if isinstance(value, str) else str(value)))
    for sense, text in world["objectives"]:
        lines += ["[[objective]]", f'{sense} = "{text}"']
    return "\n".join(lines)


@st.composite
def crossing_worlds(draw) -> dict[str, Any]:
    """Draw people who are each in two of three categories, under odd quotas on all three.

    The relaxation takes half of everybody, as on a triangle, so that a plan is proved by
    splitting.
    """
    held: dict[str, list[dict[str, str]]] = {}
    for holder, home in (("RU", "UA"), ("UA", "RU")):
        held[holder] = [
            CALM | _corner(draw(st.integers(0, 2)), draw(st.integers(0, 500)))
            | {"ref": f"{holder}-{number}", "power": home}
            for number in range(draw(st.integers(3, 10)))
        ]  # fmt: skip
    flows = ["RU -> UA", "UA -> RU"]
    quotas = [
        {"id": name, "kind": "quota", "flows": flows, "where": name, "scope": scope, "max": most}
        for name in ("women", "hurt", "long_held")
        for scope, most in [draw(st.sampled_from((("sum", 1), ("sum", 3), ("each", 1))))]
    ]
    balance = {"id": "even", "kind": "balance", "flows": flows}
    anybody = {"id": "any", "kind": "quota", "flows": flows, "scope": "sum", "min": 0}
    return {
        "parties": ("RU", "UA"),
        "held": held,
        "clauses": [draw(st.sampled_from((balance, anybody))), *quotas],
        "objectives": [("max", "sum(days_held)"), ("min", "count(women)")],
        "article_109": "counted",
    }


CALM = {
    "status": "pow",
    "alive": "yes",
    "article_109": "unknown",
    "fit_to_travel": "yes",
    "consent": "yes",
}
"""Somebody whom nothing keeps from travelling."""


def _corner(number: int, more_days: int) -> dict[str, str]:
    """Return one of three kinds of people: not a woman, not hurt, or not held for long."""
    held_days = more_days if number == 2 else 730 + more_days
    return {
        "sex": "M" if number == 0 else "F",
        "health": "good" if number == 1 else "sick",
        "captured_on": (DAY - dt.timedelta(days=held_days)).isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Placed:
    """Who must go and who may; `is_kept` says whether everybody who is named can go."""

    must: list[Held]
    free: list[Held]
    is_kept: bool


def placed(world: Mapping[str, Any]) -> Placed:
    """Settle who must go, who may go, and who stays whatever else is decided."""
    consents = [c for c in world["clauses"] if c["kind"] == "consent"]
    stay = {"no", "unknown"} if any(c["on_unknown"] == "exclude" for c in consents) else {"no"}
    vetoed = {x for c in world["clauses"] if c["kind"] == "veto" for x in c["persons"]}
    named = {x for c in world["clauses"] if c["kind"] == "named" for x in c["persons"]}
    outside, must, free = set(), [], []
    for holder, rows in world["held"].items():
        for p in rows:
            name = f"{holder}:{p['ref']}"
            if p["alive"] == "no" and name in named - vetoed and p["power"] != holder:
                outside.add(name)  # their remains go home, and count for nothing
            if p["alive"] == "no" or p["fit_to_travel"] == "no":
                continue
            if name in vetoed or p["consent"] in stay:
                continue
            if world["article_109"] == "outside" and is_owed(p):
                outside.add(name)
            elif name in named:
                must.append((holder, p))
            elif _given(world["clauses"], holder, p):
                free.append((holder, p))
    going = outside | {f"{holder}:{p['ref']}" for holder, p in must}
    return Placed(must, free, is_kept=named <= going)


def brute_force(world: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the best objective values over every subset of people, or None."""
    people = placed(world)
    must, free = people.must, people.free
    assume(len(free) <= FREE_MAX)
    if not people.is_kept:
        return None

    def sums(feature) -> np.ndarray:
        total = np.array([sum(feature(h, p) for h, p in must)], dtype=np.int32)
        for h, p in free:
            total = np.concatenate([total, total + feature(h, p)])
        return total

    kept = np.ones(1 << len(free), dtype=bool)
    for clause in world["clauses"]:
        for least, most, feature in asks(clause):
            total = sums(feature)
            kept &= (total >= least) & (total <= most)
    if not kept.any():
        return None
    best = []
    for sense, text in world["objectives"]:
        total = sums(worth(text)) * (1 if sense == "max" else -1)
        best.append(int(total[kept].max()))
        kept &= total == best[-1]
    return tuple(best)


def is_owed(p: Mapping[str, str]) -> bool:
    """Say whether GC III arts 109-110 speak of this person."""
    grave = p["health"] in {"serious", "grave"} and p["article_109"] != "not_owed"
    return p["status"] == "pow" and (p["article_109"] == "owed" or grave)


def _flow(holder: str, p: Mapping[str, str]) -> str:
    return f"{holder} -> {p['power']}"


def _given(clauses: list[dict[str, Any]], holder: str, p: Mapping[str, str]) -> bool:
    """Say whether some clause other than `named` moves this person."""
    flow = _flow(holder, p)
    givers = [c for c in clauses if c["kind"] in {"give", "balance"}]
    covered = any(flow in c["flows"] for c in givers)
    for c in clauses:
        if flow not in c.get("flows", []) or not IN_CATEGORY[c.get("where")](p):
            continue
        if c in givers or (c["kind"] == "quota" and ("where" not in c or not covered)):
            return True
    return False


def asks(clause: Mapping[str, Any]) -> list[tuple[int, int, Any]]:
    """Return what a clause asks, as (least, most, what one person adds)."""
    inside = IN_CATEGORY[clause.get("where")]

    def on(*flows: str):
        return lambda h, p: int(_flow(h, p) in flows and inside(p))

    flows, low, high = clause.get("flows", []), clause.get("min", 0), clause.get("max", 10**9)
    match clause["kind"]:
        case "give":
            return [(clause["count"], clause["count"], on(flow)) for flow in flows]
        case "cap":
            return [(0, high, on(*flows))]
        case "quota" if clause["scope"] == "sum":
            return [(low, high, on(*flows))]
        case "quota":
            return [(low, high, on(flow)) for flow in flows]
        case "balance":
            parties = {party for flow in flows for party in flow.split(" -> ")}
            return [(0, 0, _surplus(party, on(*flows))) for party in sorted(parties)]
    return []


def _surplus(party: str, counted):
    """Return what one person adds to what a party gives, less what it gets."""
    return lambda h, p: counted(h, p) * ((h == party) - (p["power"] == party))


def worth(text: str):
    if text == "sum(days_held)":
        return lambda _, p: days(p)
    inside = IN_CATEGORY[text.removeprefix("count(").removesuffix(")")]
    return lambda _, p: int(inside(p))
