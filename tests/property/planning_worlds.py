"""Small random agreements and pools, and their brute-force truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import product
from typing import Any

from hypothesis import strategies as st

DAY = dt.date(2025, 2, 5)
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
def clauses(draw, flows: tuple[str, ...], held: Mapping[str, list[dict[str, str]]]) -> list[dict[str, Any]]:
    where = st.sampled_from((None, None, "wounded", "hurt", "women", "long_held", "civilians"))
    some_flows = st.lists(st.sampled_from(flows), min_size=1, max_size=len(flows), unique=True)
    everybody = [f"{h}:{p['ref']}" for h, rows in held.items() for p in rows]
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(("give", "give", "quota", "quota", "cap", "named", "veto", "balance")))
        clause: dict[str, Any] = {"id": f"c{number}", "kind": kind}
        if kind in {"named", "veto"}:
            if not everybody:
                continue
            clause["persons"] = draw(st.lists(st.sampled_from(everybody), min_size=1, max_size=2, unique=True))
        else:
            category = draw(where)
            if category:
                clause["where"] = category
            clause["flows"] = draw(some_flows)
        if kind == "give":
            clause["count"] = draw(st.integers(0, 6))
        if kind == "quota":
            low = draw(st.one_of(st.none(), st.integers(0, 4)))
            clause["scope"] = draw(st.sampled_from(("each", "sum")))
            if low is not None:
                clause["min"] = low
            if low is None or draw(st.booleans()):
                clause["max"] = (low or 0) + draw(st.integers(0, 4))
        if kind == "cap":
            clause["max"] = draw(st.integers(0, 8))
        if kind == "balance":
            clause["scope"] = "party"
        found.append(clause)
    if draw(st.booleans()):
        found.append({"id": "will", "kind": "consent", "on_unknown": draw(st.sampled_from(("ask", "exclude")))})
    return found


@st.composite
def worlds(draw, parties: tuple[str, ...] = ("RU", "UA"), most: int = 8) -> dict[str, Any]:
    held = {
        p: draw(people(p, tuple(q for q in parties if q != p), most))
        for p in parties
    }
    flows = tuple(f"{a} -> {b}" for a in parties for b in parties if a != b)
    objectives = draw(
        st.lists(
            st.sampled_from(("count(wounded)", "count(women)", "sum(days_held)", "count(all)", "count(long_held)")),
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
            shown = str(value) if isinstance(value, int) else f'"{value}"' if isinstance(value, str) else str(value)
            lines.append(f"{key} = {shown}")
    for sense, text in world["objectives"]:
        lines += ["[[objective]]", f'{sense} = "{text}"']
    return "\n".join(lines)


def brute_force(world: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the best objective values over every subset of people, or None."""
    persons = [(h, p) for h, rows in world["held"].items() for p in rows]
    unknown_stays = any(c["kind"] == "consent" and c["on_unknown"] == "exclude" for c in world["clauses"])
    vetoed = {x for c in world["clauses"] if c["kind"] == "veto" for x in c["persons"]}
    named = {x for c in world["clauses"] if c["kind"] == "named" for x in c["persons"]}
    able, owed = [], set()
    for holder, p in persons:
        name = f"{holder}:{p['ref']}"
        if p["alive"] == "no" or p["fit_to_travel"] == "no":
            continue
        refuses = p["consent"] == "no" or (unknown_stays and p["consent"] == "unknown")
        is_owed = p["status"] == "pow" and (
            p["article_109"] == "owed" or (p["health"] in {"serious", "grave"} and p["article_109"] != "not_owed")
        )
        if world["article_109"] == "outside" and is_owed and not refuses and name not in vetoed:
            owed.add(name)
            continue
        able.append((holder, p, name, refuses or name in vetoed))
    movable = [x for x in able if _given(world["clauses"], x[0], x[1], x[2])]
    free = [x for x in movable if not x[3]]
    if not named <= {x[2] for x in free} | owed:
        return None
    best = None
    for choice in product((0, 1), repeat=len(free)):
        going = [x for x, take in zip(free, choice, strict=True) if take]
        if not named <= {x[2] for x in going} | owed or not _kept(world["clauses"], going):
            continue
        value = tuple(_value(sense, text, going) for sense, text in world["objectives"])
        best = value if best is None else max(best, value)
    return best


def _flow(holder: str, p: Mapping[str, str]) -> str:
    return f"{holder} -> {p['power']}"


def _given(clauses: list[dict[str, Any]], holder: str, p: Mapping[str, str], name: str) -> bool:
    covered = {f for c in clauses if c["kind"] in {"give", "balance"} for f in c["flows"]}
    for c in clauses:
        inside = IN_CATEGORY[c.get("where")](p)
        flow = _flow(holder, p)
        if c["kind"] in {"give", "balance"} and flow in c["flows"] and inside:
            return True
        if c["kind"] == "named" and name in c["persons"]:
            return True
        if c["kind"] == "quota" and flow in c["flows"] and inside and ("where" not in c or flow not in covered):
            return True
    return False


def _kept(clauses: list[dict[str, Any]], going: list[Any]) -> bool:
    for c in clauses:
        counts = {
            f: sum(_flow(h, p) == f and IN_CATEGORY[c.get("where")](p) for h, p, _, _ in going)
            for f in c.get("flows", [])
        }
        low, high = c.get("min", 0), c.get("max", 10**9)
        if c["kind"] == "give" and any(n != c["count"] for n in counts.values()):
            return False
        if c["kind"] == "cap" and sum(counts.values()) > high:
            return False
        if c["kind"] == "quota":
            totals = counts.values() if c["scope"] == "each" else [sum(counts.values())]
            if any(not low <= n <= high for n in totals):
                return False
        if c["kind"] == "balance":
            parties = {x for f in counts for x in f.split(" -> ")}
            for party in parties:
                out = sum(n for f, n in counts.items() if f.startswith(party))
                back = sum(n for f, n in counts.items() if f.endswith(party))
                if out != back:
                    return False
    return True


def _value(sense: str, text: str, going: list[Any]) -> int:
    name = text[text.index("(") + 1 : -1]
    if text.startswith("sum"):
        total = sum(days(p) for _, p, _, _ in going)
    else:
        total = sum(IN_CATEGORY[name](p) for _, p, _, _ in going)
    return total if sense == "max" else -total
