"""Agreements for tests: one that says everything, and random ones as parsed documents."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import strategies as st

WHOLE = """\
[agreement]
id = "whole"
mediators = ["XM", "XN"]
effective = 2031-04-02
article_109 = "outside"

[parties]
XA = { name = "Alba" }
XB = { name = "Borea" }
XC = {}

[blocs]
north = ["XA", "XC"]
south = ["XB"]

[[stop]]
home = "XA"
country = "XM"
purpose = "medical check"

[fields]
sentence = { type = "text", values = ["life", "none", "term"] }
convoy = { type = "number" }

[categories]
young = "age < 25"
life = { is = "sentence == 'life'", unknown = "exclude" }

[equivalents]
by = "rank"
private = 1
captain = 6

[[account]]
debtor = "XB"
creditor = "XA"
unit = "equivalents"
amount = 12
from = "earlier-1"

[[clause]]
id = "give"
kind = "give"
where = "young"
flows = [
    "XA -> XB", # the one way
    "XB -> XA",
]
count = 40
prefer = true

[[clause]]
id = "all"
kind = "all_of"
where = "young"
flows = ["XA -> XB"]
cutoff = 2031-01-31
continuing = true

[[clause]]
id = "quota"
kind = "quota"
where = "young"
flows = ["XA -> XB", "XB -> XA"]
min = 3
max = 9
unit = "equivalents"
scope = "sum"
withhold = true

[[clause]]
id = "ratio"
kind = "ratio"
for_each = { flow = "XB -> XA", where = "young" }
give = [
    { flow = "XA -> XB", where = "life", count = 3 },
    { flow = "XA -> XB", where = "young", count = 27 },
]

[[clause]]
id = "balance"
kind = "balance"
where = "all"
flows = ["XA -> XB", "XB -> XA"]
unit = "equivalents"
scope = "bloc"

[[clause]]
id = "pair"
kind = "pair"
where = "young"
flows = ["XA -> XB", "XB -> XA"]
key = "rank"

[[clause]]
id = "cap"
kind = "cap"
where = "young"
by = "XA"
max = 5

[[clause]]
id = "named"
kind = "named"
persons = ["XA:1", "XA:2"]

[[clause]]
id = "family"
kind = "together"
persons = ["XA:3", "XA:4", "XA:5"]

[[clause]]
id = "bundle"
kind = "bundle"
persons = ["XA:6"]
requires = ["XB:7", "XB:8"]
both_ways = true

[[clause]]
id = "destination"
kind = "destination"
list = "abroad"
country = "XD"

[[clause]]
id = "veto"
kind = "veto"
list = "kept"
by = "XB"
max_names = 7

[[clause]]
id = "will"
kind = "consent"
on_unknown = "exclude"

[[clause]]
id = "calendar"
kind = "phase"
days = [1, 7, 14]
flow = "XA -> XB"
at_least = [2, 4]
order = ["young", "life"]
lockstep = true
seats = 300
equal = true

[[clause]]
id = "hands"
kind = "escrow"
custodian = "XD"
release = "batch"

[[clause]]
id = "left-over"
kind = "surplus"
where = "young"
flows = ["XA -> XB"]
unit = "equivalents"
release = "credit"
within_days = 10

[[clause]]
id = "dead"
kind = "remains"
flows = ["XA -> XB"]
min = 11
max = 19
balance = "equal"

[[clause]]
id = "proof"
kind = "gate"
before = "phase 2"
until = "letters of all have arrived"
confirmed_by = "XM"

[[clause]]
id = "longer"
kind = "extend"
per = 8
flow = "XA -> XB"
adds = "one day of the ceasefire"
max = 6

[[objective]]
max = "count(young) by phase"
[[objective]]
min = "longest(days_held)"
[[objective]]
max = "least_share"
[[objective]]
max = "sum(equivalents)"
"""
"""Every table, every kind of clause and every key, none at its default."""

HEAD = """\
[agreement]
id = "test"
effective = 2031-04-02
article_109 = "counted"
[parties]
XA = {}
XB = {}
XC = {}
"""


def clause(kind, **keys):
    """Write one clause, its id its kind, as TOML."""
    return (
        "\n".join(
            [
                "[[clause]]",
                *(f"{k} = {value(v)}" for k, v in {"id": kind, "kind": kind, **keys}.items()),
            ]
        )
        + "\n"
    )


def value(item):
    """Write a value as TOML, on one line."""
    if isinstance(item, dict):
        return "{ " + ", ".join(f"{key(k)} = {value(v)}" for k, v in item.items()) + " }"
    if isinstance(item, list | tuple):
        return "[" + ", ".join(map(value, item)) + "]"
    if isinstance(item, dt.date):
        return item.isoformat()
    return json.dumps(item, ensure_ascii=False)


def key(name):
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)


def toml(document):
    """Write a document of tables and lists of tables as TOML."""
    parts = []
    for name, content in document.items():
        tables = content if isinstance(content, list) else [content]
        mark = f"[[{name}]]" if isinstance(content, list) else f"[{name}]"
        parts += [
            "\n".join([mark, *(f"{key(k)} = {value(v)}" for k, v in t.items())]) for t in tables
        ]
    return "\n".join(parts) + "\n"


PARTIES = ("XA", "XB", "XC")
FLOWS = [f"{a} -> {b}" for a in PARTIES for b in PARTIES if a != b]
CATEGORIES = ("all", "prisoners_of_war", "young", "officers", "fresh")
PREDICATES = (
    "age < 25",
    "rank in ['major', 'captain'] or not (health >= 'serious')",
    "18 <= age < 25 and on_list('first')",
    "captured_on >= '2030-05-01'",
)

flows = st.lists(st.sampled_from(FLOWS), min_size=1, max_size=4, unique=True)
flow = st.sampled_from(FLOWS)
where = st.sampled_from(CATEGORIES)
count = st.integers(0, 10_000_000)
some = st.integers(1, 1000)
flag = st.booleans()
unit = st.sampled_from(["people", "equivalents"])
party = st.sampled_from(PARTIES)
text = st.text("abéж\"\\🙂'", min_size=1, max_size=30)
persons = st.lists(
    st.builds("{}:{}".format, party, st.integers(1, 40)), min_size=2, max_size=5, unique=True
)
list_name = st.sampled_from(["first", "second"])


def table(required, **optional):
    return st.fixed_dictionaries(required, optional=optional)


def people(**others):
    return st.one_of(table({"persons": persons, **others}), table({"list": list_name, **others}))


def part(number):
    return {"flow": FLOWS[number], "count": number + 1}


ORDER = st.lists(where, max_size=3, unique=True)
KIND_TABLES = {
    "give": table({"flows": flows, "count": count}, where=where, prefer=flag),
    "all_of": table(
        {"flows": flows},
        where=where,
        cutoff=st.dates(dt.date(2000, 1, 1), dt.date(2031, 1, 1)),
        continuing=flag,
        prefer=flag,
    ),
    "quota": table(
        {"flows": flows, "min": st.integers(0, 9), "max": some.map(lambda n: n + 9)},
        where=where,
        unit=unit,
        scope=st.sampled_from(["each", "sum"]),
        prefer=flag,
    ),
    "ratio": table(
        {
            "for_each": table({"flow": st.just("XC -> XA")}, where=where),
            "give": st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True).map(
                lambda ns: [part(n) for n in ns]
            ),
        }
    ),
    "balance": table(
        {"flows": flows}, where=where, unit=unit, scope=st.sampled_from(["party", "bloc", "none"])
    ),
    "pair": table(
        {"flows": flows.filter(lambda f: len(f) == 2), "key": st.sampled_from(["rank", "health"])},
        where=where,
        prefer=flag,
    ),
    "cap": st.one_of(
        table({"flows": flows, "max": count}, where=where, prefer=flag),
        table({"by": party, "max": count}, where=where),
    ),
    "named": people(prefer=flag),
    "together": people(prefer=flag),
    "bundle": table({"list": list_name, "requires": persons}, both_ways=flag, prefer=flag),
    "destination": st.one_of(people(country=party), table({"where": where, "country": party})),
    "veto": people(by=party, max_names=count),
    "consent": table({}, on_unknown=st.sampled_from(["ask", "exclude"])),
    "escrow": table({"custodian": party}, release=st.sampled_from(["all_or_nothing", "batch"])),
    "surplus": table(
        {"flows": flows, "release": st.sampled_from(["parole", "credit"])},
        where=where,
        unit=unit,
        within_days=st.integers(0, 100),
    ),
    "remains": table(
        {"flows": flows},
        min=st.integers(0, 9),
        max=some.map(lambda n: n + 9),
        balance=st.sampled_from(["none", "equal"]),
    ),
    "extend": table({"per": some, "flow": flow, "adds": text}, max=some),
    "phase": st.one_of(
        table(
            {
                "days": st.lists(some, min_size=3, max_size=9, unique=True).map(sorted),
                "flow": flow,
                "at_least": st.lists(count, min_size=1, max_size=3),
            },
            order=ORDER,
            lockstep=flag,
            seats=some,
            equal=flag,
        ),
        table(
            {"rounds": st.one_of(st.integers(1, 100), st.just("as_needed")), "seats": some},
            order=ORDER,
            lockstep=flag,
            equal=flag,
        ),
    ),
    "gate": table(
        {
            "before": st.just("first-give"),
            "until": text,
            "confirmed_by": st.sampled_from([*PARTIES, "XM"]),
        }
    ),
}
"""Kind -> its tables, as far as any random one fits into a random agreement."""

_ONE = ("consent", "phase", "escrow", "surplus")


@st.composite
def documents(draw):
    """Draw an agreement as a parsed document that can be read."""
    kinds = draw(st.lists(st.sampled_from(sorted(KIND_TABLES)), max_size=6))
    kinds = [k for n, k in enumerate(kinds) if k not in _ONE or k not in kinds[:n]]
    clauses = [{"id": "first-give", "kind": "give", "flows": ["XA -> XB"], "count": 1}]
    for number, kind in enumerate(kinds):
        common = draw(
            table({"id": st.just(f"{kind}-{number}"), "kind": st.just(kind)}, withhold=flag)
        )
        clauses.append({**common, **draw(KIND_TABLES[kind])})
    phased = [" by phase"] if "phase" in kinds else []
    objectives = draw(
        st.lists(
            st.sampled_from(
                [
                    {"max": "count(young)"},
                    {"min": "count(all)"},
                    {"max": "sum(equivalents)"},
                    {"min": "sum(days_held)"},
                    {"min": "longest(days_held)"},
                    {"max": "least_share"},
                    *({"max": f"count(fresh){p}"} for p in phased),
                ]
            ),
            max_size=4,
        )
    )
    return {
        "agreement": {
            "id": "drawn",
            "mediators": ["XM"],
            "effective": dt.date(2031, 4, 2),
            "article_109": draw(st.sampled_from(["outside", "counted"])),
        },
        "parties": {code: draw(table({}, name=text)) for code in PARTIES},
        "blocs": {"north": ["XA", "XB"], "south": ["XC"]},
        "stop": draw(
            st.lists(table({"home": party, "country": party, "purpose": text}), max_size=2)
        ),
        "categories": {
            name: draw(
                st.one_of(
                    st.sampled_from(PREDICATES),
                    table(
                        {"is": st.sampled_from(PREDICATES)},
                        unknown=st.sampled_from(["review", "exclude"]),
                    ),
                )
            )
            for name in CATEGORIES[2:]
        },
        "equivalents": {
            "by": "rank",
            **draw(
                st.dictionaries(
                    st.sampled_from(["private", "captain", "major", "junior sergeant"]),
                    some,
                    min_size=1,
                )
            ),
        },
        "clause": clauses,
        "objective": objectives,
    }


@st.composite
def said_otherwise(draw, document):
    """Draw another document that says the same: other orders, defaults said or not."""

    def shuffled(mapping):
        return dict(draw(st.permutations(list(mapping.items()))))

    def turned(items):
        return draw(st.permutations(items))

    other = {}
    for name, content in shuffled(document).items():
        if isinstance(content, list):
            other[name] = [shuffled(t) for t in content]
        else:
            other[name] = shuffled(content)
    for t in other["clause"]:
        for name in ("flows", "persons", "requires"):
            if name in t:
                t[name] = turned(t[name])
        if t["kind"] == "ratio":
            t["give"] = [shuffled(p) for p in turned(t["give"])]
        if draw(flag):
            t.setdefault("withhold", False)
        if t["kind"] in {"quota", "balance", "surplus"} and draw(flag):
            t.setdefault("unit", "people")
    for name, members in other["blocs"].items():
        other["blocs"][name] = turned(members)
    return other
