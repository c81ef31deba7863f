"""Whatever is wrong in an agreement is shown by line, clause and key."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.terms.drafts import HEAD, WHOLE, clause

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.clauses import COMMON, KINDS, PREFERABLE

FLOWS = ["XA -> XB"]


def refused(text):
    with pytest.raises(InputError) as caught:
        read_agreement(text)
    return caught.value


def test_the_whole_agreement_says_every_key_of_every_kind():
    clauses = tomllib.loads(WHOLE)["clause"]
    assert {table["kind"] for table in clauses} == set(KINDS)
    said = {}
    for table in clauses:
        said.setdefault(table["kind"], set()).update(set(table) - set(COMMON))
    others = {("cap", "flows"), ("phase", "rounds"), ("destination", "where")}
    others |= {(kind, key) for kind in ("named", "together", "bundle") for key in ("list",)}
    others |= {("destination", "persons"), ("veto", "persons")}
    for kind, (keys, _) in KINDS.items():
        assert {(kind, key) for key in set(keys) - said[kind]} <= others
    assert read_agreement(WHOLE).phase is not None


LINES = WHOLE.splitlines()
KEY_LINES = [
    (number, match[1])
    for number, line in enumerate(LINES, 1)
    if (match := re.match(r"(\w+) = ", line))
]


@pytest.mark.parametrize(("number", "key"), KEY_LINES)
def test_a_value_that_no_key_takes_is_shown_on_its_line(number, key):
    lines = WHOLE.splitlines()
    last = number
    while lines[number - 1].endswith("[") and lines[last - 1] != "]":
        last += 1
    lines[number - 1 : last] = [f"{key} = {{ strange = true }}", *[""] * (last - number)]
    error = refused("\n".join(lines))
    assert error.facts["line"] == number
    assert error.message.startswith(f"Line {number}, ")
    if lines[: number - 1].count("[[clause]]") and "[[objective]]" not in lines[: number - 1]:
        begun = max(n for n, line in enumerate(lines[:number]) if line == "[[clause]]")
        own = next(line for line in lines[begun:] if line.startswith("id = "))
        if key != "id":
            assert error.facts["clause"] == own.split('"')[1]
        assert str(error.facts["key"]).split(".")[0] == key


WEIGHTS = range(LINES.index("[equivalents]") + 1, LINES.index("[[account]]") + 2)
"""Lines on which a new key would be one more weight, and so is none that is unknown."""


@given(st.sampled_from([k for k in KEY_LINES if k[0] not in WEIGHTS]), st.integers(0, 3))
def test_an_unknown_key_is_shown_on_its_line_wherever_it_stands(place, comments):
    number, _ = place
    lines = WHOLE.splitlines()
    while lines[number - 1].startswith((" ", "]")) or lines[number - 1].endswith("["):
        number -= 1
    lines[number - 1 : number - 1] = [*["# [x]"] * comments, "strange-thing = 1"]
    error = refused("\n".join(lines))
    assert error.facts["line"] == number + comments
    assert "strange-thing" in error.message


def test_an_item_of_a_list_over_several_lines_is_shown_on_its_own():
    error = refused(WHOLE.replace('    "XB -> XA",', '    "XB to XA",'))
    assert error.code == "ids.flow"
    line = LINES.index('    "XB -> XA",') + 1
    assert error.message.startswith(f"Line {line}, clause give, key flows: expected a flow such")
    assert error.facts == {"line": line, "clause": "give", "key": "flows"}


def test_a_part_of_a_ratio_is_shown_on_its_line_with_its_key():
    error = refused(WHOLE.replace("count = 27", "count = 0"))
    assert WHOLE.splitlines()[error.facts["line"] - 1].strip().endswith("count = 27 },")
    assert error.facts["key"] == "give.count"
    assert "from 1 to 10000000, found 0" in error.message


def test_a_predicate_is_shown_with_its_category():
    error = refused(WHOLE.replace("age < 25", "aeg < 25"))
    line = LINES.index('young = "age < 25"') + 1
    assert error.message.startswith(f"Line {line}, category young, key is: expected one of age")


def test_what_is_missing_is_shown_at_its_table():
    lines = WHOLE.replace("count = 40\n", "").splitlines()
    error = refused("\n".join(lines))
    assert lines[error.facts["line"] - 1] == "[[clause]]"
    assert lines[error.facts["line"]] == 'id = "give"'
    assert "key count: expected count = a whole number from 0 to 10000000, found nothing" in str(
        error
    )


def test_what_is_no_toml_is_shown_on_its_line():
    assert refused(HEAD + "x = = 1\n").facts == {"line": 9}
    assert refused(HEAD + "a = 1\na = 2\n").facts == {"line": 10}


def test_a_message_obeys_no_terminal():
    error = refused(HEAD + '["\\u001b[31m"]\nx = 1\n')
    assert error.message.isprintable()
    assert all(str(fact).isprintable() for fact in error.facts.values())


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(PREFERABLE)))
def test_a_condition_that_cannot_be_a_wish_says_why(kind):
    error = refused(HEAD + clause(kind, prefer=True))
    assert error.facts["key"] == "prefer"
    assert all(f"{each}" in error.message for each in PREFERABLE)
    assert f"it on {kind}: " in error.message


BUNDLE = {"persons": ["XA:1"], "requires": ["XB:2"]}


@pytest.mark.parametrize(
    ("kind", "keys", "expected"),
    [
        ("all_of", {}, "flows = ["),
        ("all_of", {"flows": FLOWS, "cutoff": "2031-01-01"}, "a day such as"),
        ("all_of", {"flows": FLOWS, "continuing": 1}, "true or false"),
        ("quota", {"flows": FLOWS, "min": 1, "unit": "equivalents"}, "[equivalents]"),
        ("ratio", {"give": []}, "for_each = {"),
        ("ratio", {"for_each": {"flow": "XA -> XB"}, "give": []}, "with 1 to 20 parts"),
        ("ratio", {"for_each": {"flow": "XA -> XB", "count": 1}}, "only the keys flow, where"),
        (
            "ratio",
            {"for_each": {"flow": "XA -> XB"}, "give": [{"flow": "XA -> XB", "count": 1}]},
            "another flow",
        ),
        (
            "ratio",
            {"for_each": {"flow": "XA -> XB"}, "give": [{"flow": "XB -> XA", "count": 1}] * 2},
            "each flow and category once",
        ),
        (
            "ratio",
            {
                "for_each": {"flow": "XA -> XB"},
                "give": [{"flow": "XB -> XA", "where": "x", "count": 1}],
            },
            "where = one of all, prisoners_of_war",
        ),
        (
            "ratio",
            {"for_each": {"flow": "XA -> XM"}, "give": [{"flow": "XB -> XA", "count": 1}]},
            "between the parties XA, XB, XC",
        ),
        ("balance", {"flows": FLOWS, "unit": "rank"}, "people, equivalents, agreed"),
        ("balance", {"unit": "people"}, "flows = ["),
        ("balance", {"flows": FLOWS, "unit": "equivalents"}, "[equivalents]"),
        ("pair", {"flows": FLOWS, "key": "rank"}, "two flows"),
        ("pair", {"flows": ["XA -> XB", "XB -> XA"]}, "key = a text"),
        (
            "pair",
            {"flows": ["XA -> XB", "XB -> XA"], "key": "service_number"},
            "key = one of status",
        ),
        ("pair", {"flows": ["XA -> XB", "XB -> XA"], "key": "power"}, "key = one of status"),
        ("together", {"persons": ["XA:1"]}, "at least two people"),
        ("together", {"persons": ["XA:1", "XA:1"]}, "each person once"),
        ("bundle", {"persons": ["XA:1"]}, "requires = ["),
        ("bundle", {"persons": ["XA:1"], "requires": ["XA:1"]}, "somebody in both"),
        ("bundle", {"persons": ["XA:1"], "requires": ["XD:1"]}, "people held by the parties"),
        ("destination", {"country": "XD"}, "persons = ["),
        ("destination", {"country": "XD", "where": "all", "list": "x"}, "both of them"),
        ("destination", {"where": "all"}, "country ="),
        ("destination", {"where": "all", "country": "Xanadu"}, "a party's code"),
        ("phase", {}, "either days"),
        ("phase", {"days": [1], "rounds": 1}, "either days"),
        ("phase", {"days": []}, "with 1 to 100 numbers"),
        ("phase", {"days": [0]}, "whole numbers from 1"),
        ("phase", {"days": [7, 1]}, "each day later"),
        ("phase", {"days": [1, 10**9]}, "whole numbers from 1"),
        ("phase", {"rounds": 0}, "from 1 to 100"),
        ("phase", {"rounds": 10**9}, "from 1 to 100"),
        ("phase", {"rounds": "many"}, "as_needed"),
        ("phase", {"rounds": "as_needed"}, "seats"),
        ("phase", {"rounds": 2, "seats": 0}, "from 1"),
        ("phase", {"rounds": 2, "at_least": [1]}, "flow and at_least"),
        ("phase", {"rounds": 2, "flow": "XA -> XB"}, "flow and at_least"),
        ("phase", {"rounds": 2, "flow": "XA -> XB", "at_least": [1, 2, 3]}, "at most 2 numbers"),
        ("phase", {"days": [1], "flow": "XA -> XB", "at_least": [1, 2]}, "at most 1 numbers"),
        ("phase", {"rounds": 2, "where": "all"}, "only the keys"),
        (
            "phase",
            {"rounds": "as_needed", "seats": 9, "flow": "XA -> XB", "at_least": [1]},
            "number of phases is known",
        ),
        ("phase", {"rounds": 2, "order": ["women"]}, "order = one of"),
        ("phase", {"rounds": 2, "order": ["all", "all"]}, "each category once"),
        ("escrow", {}, "custodian ="),
        ("escrow", {"custodian": "XD", "release": "slowly"}, "all_or_nothing, batch"),
        ("surplus", {"flows": FLOWS}, "parole, credit"),
        ("surplus", {"flows": FLOWS, "release": "parole", "unit": "equivalents"}, "[equivalents]"),
        ("surplus", {"flows": FLOWS, "release": "parole", "within_days": 10**9}, "from 0 to 36525"),
        ("remains", {"flows": FLOWS, "min": 2, "max": 1}, "min not above max"),
        ("remains", {"flows": FLOWS, "balance": "party"}, "none, equal"),
        ("gate", {"until": "x", "confirmed_by": "XA"}, "before = a text"),
        ("gate", {"before": "phase 2", "until": "x", "confirmed_by": "XA"}, "a phase from 1 to 1"),
        ("gate", {"before": "gone", "until": "x", "confirmed_by": "XA"}, '"phase N", or the id'),
        ("gate", {"before": "gate", "until": "x", "confirmed_by": "XA"}, '"phase N", or the id'),
        ("gate", {"before": "phase 1", "until": "", "confirmed_by": "XA"}, "until = a text"),
        ("gate", {"before": "phase 1", "until": "x" * 501, "confirmed_by": "XA"}, "at most 500"),
        ("gate", {"before": "phase 1", "until": "x"}, "confirmed_by ="),
        (
            "gate",
            {"before": "phase 1", "until": "x", "confirmed_by": "XM"},
            "a party or a mediator",
        ),
        ("extend", {"flow": "XA -> XB", "adds": "x"}, "per = a whole number from 1"),
        ("extend", {"per": 1, "adds": "x"}, "flow ="),
        ("extend", {"per": 1, "flow": "XA -> XB"}, "adds = a text"),
        ("extend", {"per": 1, "flow": "XA -> XM", "adds": "x"}, "between the parties"),
    ],
)
def test_a_wrong_clause_names_what_it_may_say(kind, keys, expected):
    error = refused(HEAD + clause(kind, **keys))
    assert expected in error.message
    assert error.facts["clause"] == kind
    assert error.facts["line"] >= 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[equivalents]\nprivate = 1\n", "by = one of rank"),
        ('[equivalents]\nby = "rank"\n', "a weight for each value"),
        ('[equivalents]\nby = "rank"\nprivate = 0\n', "from 1 to 1000"),
        ('[equivalents]\nby = "rank"\nprivate = 1001\n', "from 1 to 1000"),
        ('[equivalents]\nby = "service_number"\nx = 1\n', "who somebody is"),
        ('[equivalents]\nby = "religion"\nx = 1\n', "religion or political opinion"),
        ('[equivalents]\nby = "power"\nXA = 1\n', "by = one of rank"),
        ('[equivalents]\nby = "age"\nx = 1\n', "by = one of rank"),
        ('[equivalents]\nby = "health"\nbad = 1\n', "values of health: good, sick"),
        (
            '[fields]\nsort = { type = "text", values = ["a"] }\n[equivalents]\nby = "sort"\nb = 2\n',
            "values of sort: a",
        ),
        ('[[objective]]\nmax = "sum(equivalents)"\n', "[equivalents]"),
        ('[[objective]]\nmax = "longest(days_held)"\n', 'min = "longest(days_held)"'),
        ('[[objective]]\nmin = "longest(age)"\n', "one of days_held"),
        ('[[objective]]\nmin = "least_share"\n', 'max = "least_share"'),
        ('[[objective]]\nmax = "least_share by phase"\n', "after count() or sum()"),
        ('[[objective]]\nmax = "count(all) by phase"\n', "a phase clause"),
        ('[[objective]]\nmax = "count(all) by day"\n', "count(CATEGORY)"),
        ('[[account]]\ndebtor = "XA"\ncreditor = "XA"\namount = 1\nfrom = "e"\n', "another party"),
        (
            '[[account]]\ndebtor = "XM"\ncreditor = "XA"\namount = 1\nfrom = "e"\n',
            "debtor = a party",
        ),
        ('[[account]]\ndebtor = "XB"\ncreditor = "XA"\namount = 0\nfrom = "e"\n', "from 1 to"),
        ('[[account]]\ndebtor = "XB"\ncreditor = "XA"\namount = 1\nfrom = "test"\n', "earlier"),
        (
            '[[account]]\ndebtor = "XB"\ncreditor = "XA"\namount = 1\nfrom = "e"\n',
            "a balance in people",
        ),
        ('[[stop]]\nhome = "XA"\ncountry = "XD"\npurpose = "' + "x" * 201 + '"\n', "at most 200"),
        (
            clause("phase", rounds=1) + clause("phase", rounds=2).replace('"phase"', '"p2"', 1),
            "one phase clause",
        ),
        (
            clause("escrow", custodian="XD")
            + clause("escrow", custodian="XE").replace('"escrow"', '"e2"', 1),
            "one escrow clause",
        ),
        (
            clause("surplus", flows=FLOWS, release="parole")
            + clause("surplus", flows=FLOWS, release="credit").replace('"surplus"', '"s2"', 1),
            "clause surplus says nothing",
        ),
    ],
)
def test_a_wrong_table_names_what_it_may_say(text, expected):
    error = refused(HEAD + text)
    assert expected in error.message
    assert error.facts["line"] >= 9


def bundles(*edges, both_ways=False):
    return "".join(
        clause(
            "bundle", persons=list(persons), requires=list(requires), both_ways=both_ways
        ).replace('"bundle"', f'"b{number}"', 1)
        for number, (persons, requires) in enumerate(edges)
    )


def test_people_who_require_one_another_in_a_circle_are_refused_with_the_clauses():
    text = bundles(
        (["XA:0"], ["XA:1"]),
        (["XA:1", "XA:9"], ["XB:2", "XB:3"]),
        (["XB:3"], ["XA:9", "XC:4"]),
    )
    error = refused(HEAD + text)
    assert "a circle of the clauses b1, b2" in error.message
    assert error.facts["clause"] == "b1"


def test_people_who_require_one_another_without_a_circle_or_both_ways_are_read():
    line = [([f"XA:{n}"], [f"XA:{n + 1}", f"XA:{n + 2}"]) for n in range(150)]
    assert len(read_agreement(HEAD + bundles(*line)).clauses) == 151
    circle = bundles((["XA:1"], ["XA:2"]), (["XA:2"], ["XA:1"]), both_ways=True)
    assert len(read_agreement(HEAD + circle).clauses) == 3


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, 5), min_size=1, max_size=2),
            st.sets(st.integers(0, 5), min_size=1, max_size=2),
        ).filter(lambda edge: not edge[0] & edge[1]),
        max_size=6,
    )
)
def test_a_circle_is_refused_exactly_where_somebody_requires_themselves(edges):
    reach = {(a, b) for persons, requires in edges for a in persons for b in requires}
    while True:
        wider = reach | {(a, d) for a, b in reach for c, d in reach if b == c}
        if wider == reach:
            break
        reach = wider
    text = HEAD + bundles(
        *(([f"XA:{a}" for a in sorted(p)], [f"XA:{b}" for b in sorted(r)]) for p, r in edges)
    )
    if any(a == b for a, b in reach):
        assert "a circle of the clauses" in refused(text).message
    else:
        read_agreement(text)


ODD = (
    *("1", "-1", "true", '""', '"x"', '"XA -> XB"', "[]", "[[]]", "[{}]", "[1]", '["x"]', "{}"),
    *("2031-01-01", "2031-01-01T00:00:00", "00:00:00", "9007199254740991", '["XA:1"]', "[true]"),
)


@given(st.sampled_from(KEY_LINES), st.sampled_from(ODD))
def test_whatever_stands_at_a_key_it_is_read_or_refused_with_its_line(place, value):
    number, key = place
    lines = WHOLE.splitlines()
    last = number
    while lines[number - 1].endswith("[") and lines[last - 1] != "]":
        last += 1
    lines[number - 1 : last] = [f"{key} = {value}"]
    try:
        line = len(read_agreement("\n".join(lines)).sha256)
    except InputError as error:
        line = error.facts["line"]
    assert 1 <= line <= len(lines)
