"""Documents made to exhaust whoever reads them, and numbers that nothing is counted in."""

from __future__ import annotations

import resource

import pytest
from tests.unit.terms.drafts import HEAD, clause

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement

MEGABYTES_MAX = 300

LONG = 250_000
FLOWS = ["XA -> XB"]


def refused(text) -> InputError:
    with pytest.raises(InputError) as caught:
        read_agreement(text)
    error = caught.value
    assert len(error.message) < 1_000  # what is wrong is told, not repeated
    assert error.hint
    return error


def repeated(piece, most=LONG):
    return piece * (most // len(piece.encode()))


def numbered(piece, most=LONG):
    """Return a piece again and again with another number each time."""
    return "".join(piece.replace("N", str(n)) for n in range(most // (len(piece) + 5)))


BOMBS = {
    "arrays": HEAD + "x = " + "[" * 120_000 + "]" * 120_000,
    "arrays-never-closed": HEAD + "x = " + "[" * 240_000,
    "inline-tables": HEAD + "x = " + "{a=" * 60_000 + "1" + "}" * 60_000,
    "inline-tables-never-closed": HEAD + "x = " + "{a=" * 80_000,
    "arrays-of-tables": HEAD + "x = " + "[{a=" * 40_000 + "1" + "}]" * 40_000,
    "dots": HEAD + repeated("a.") + "a = 1",
    "dots-in-a-head": HEAD + "[" + repeated("a.") + "a]",
    "dots-in-an-array-of-tables": HEAD + "[[" + repeated("a.") + "a]]",
    "dots-in-quotes": HEAD + repeated('"a".') + "a = 1",
    "spaces-between-dots": HEAD + repeated("a . ") + "a = 1",
    "dotted-keys-short-of-the-limit": HEAD + numbered("a.a.a.a.a.a.a.a.a.a.a.bN = 1\n"),
    "many-tables": HEAD + numbered("[tN]\n"),
    "many-tables-in-tables": HEAD + numbered("[a.b.c.d.e.tN]\n"),
    "many-keys": HEAD + numbered("kN = 1\n"),
    "many-clauses": HEAD + repeated("[[clause]]\n"),
    "many-objectives": HEAD + repeated('[[objective]]\nmax = "count(all)"\n'),
    "many-stops": HEAD + repeated("[[stop]]\n"),
    "many-accounts": HEAD + repeated("[[account]]\n"),
    "many-categories": HEAD + "[categories]\n" + numbered('cN = "all"\n'),
    "many-weights": HEAD + '[equivalents]\nby = "rank"\n' + numbered("rN = 0\n"),
    "many-persons": HEAD + clause("named", persons=[f"XA:{n}" for n in range(20_000)] + [1]),
    "one-person-many-times": HEAD + clause("together", persons=["XA:1"] * 20_000),
    "many-flows": HEAD + clause("give", flows=FLOWS * 15_000, count=1),
    "a-long-string-never-closed": HEAD + 'x = "' + "a" * LONG,
    "a-long-text-of-lines": HEAD + "x = '''" + "\n" * LONG,
    "quotes": HEAD + "x = " + '"' * LONG,
    "backslashes": HEAD + 'x = "' + "\\\\" * (LONG // 2) + '"',
    "a-long-number": HEAD + "x = " + "9" * LONG,
    "a-long-hexadecimal": HEAD + "x = 0x" + "f" * LONG,
    "a-long-fraction": HEAD + "x = 0." + "1" * LONG,
    "a-long-exponent": HEAD + "x = 1e" + "9" * LONG,
    "underscores": HEAD + "x = " + "1_" * (LONG // 2) + "1",
    "a-long-bare-key": HEAD + "k" * LONG + " = 1",
    "brackets-in-a-predicate": HEAD + '[categories]\nx = "' + "(" * LONG + '"\n',
    "nots-in-a-predicate": HEAD + '[categories]\nx = "' + "not " * (LONG // 4) + 'all"\n',
    "ors-in-a-predicate": HEAD + '[categories]\nx = "' + "all or " * (LONG // 7) + 'all"\n',
    "a-list-in-a-predicate": HEAD + '[categories]\nx = "sex in [' + "'F'," * (LONG // 4) + ']"\n',
    "twice-the-same": HEAD + repeated("[parties]\n"),
    "a-nul": HEAD + "\0" * LONG,
    "too-long": HEAD + "#" * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_without_memory_of_its_size(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refused(BOMBS[name])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MEGABYTES_MAX * 1024
    line = error.facts.get("line")
    assert line is None or 1 <= line <= BOMBS[name].count("\n") + 1


WIDE = {
    "many-parties": HEAD.replace("XB = {}", "XB = {}\n" + numbered("XA-PN = {}\n", 200_000)),
    "many-fields": HEAD + "[fields]\n" + numbered('fN = { type = "text" }\n'),
    "many-values": HEAD
    + '[fields]\nx = { type = "text", values = ['
    + numbered('"vN",')
    + "] }\n",
}  # fmt: skip
"""Long, and yet they say nothing that an agreement may not."""


@pytest.mark.parametrize("name", WIDE)
def test_a_long_document_is_read_without_memory_of_many_times_its_size(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    agreement = read_agreement(WIDE[name])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MEGABYTES_MAX * 1024
    assert len(agreement.sha256) == 64


NO_COUNTS = {
    "negative": "-1",
    "a-little-negative": "-0x1",
    "ten-to-the-400": "1" + "0" * 400,
    "minus-ten-to-the-400": "-1" + "0" * 400,
    "past-64-bits": str(1 << 64),
    "past-what-json-holds": str(1 << 53),
    "past-what-is-counted": "10000001",
    "nan": "nan",
    "minus-nan": "-nan",
    "inf": "inf",
    "minus-inf": "-inf",
    "a-fraction": "1.5",
    "a-whole-fraction": "2.0",
    "an-exponent": "1e3",
    "past-any-exponent": "1e400",
    "true": "true",
    "text": '"40"',
    "a-day": "2031-01-01",
    "a-list": "[40]",
    "a-table": "{ n = 40 }",
}

COUNTED = {
    "give": ("count", {"flows": FLOWS}),
    "quota": ("min", {"flows": FLOWS}),
    "cap": ("max", {"flows": FLOWS}),
    "veto": ("max_names", {"persons": ["XA:1"]}),
    "remains": ("max", {"flows": FLOWS}),
    "phase": ("rounds", {}),
    "extend": ("per", {"flow": FLOWS[0], "adds": "a day"}),
    "surplus": ("within_days", {"flows": FLOWS, "release": "parole"}),
}


@pytest.mark.parametrize("number", NO_COUNTS)
@pytest.mark.parametrize("kind", COUNTED)
def test_a_number_that_counts_nobody_is_shown_on_its_line(kind, number):
    key, others = COUNTED[kind]
    text = HEAD + clause(kind, **others) + f"{key} = {NO_COUNTS[number]}\n# the end\n"
    error = refused(text)
    assert error.facts["line"] == text.count("\n") - 1
    if "key" in error.facts:  # what is no number in TOML has none
        assert str(error.facts["key"]).split(".")[-1] == key
    assert error.facts.get("clause", kind) == kind


PLACES = {
    "a-weight": '[equivalents]\nby = "rank"\nprivate = {}\n',
    "an-amount": '[[account]]\ndebtor = "XB"\ncreditor = "XA"\nfrom = "e"\namount = {}\n',
    "a-batch": '[handover]\norder = "exposure"\nbatch = {}\n',
}


@pytest.mark.parametrize("number", NO_COUNTS)
@pytest.mark.parametrize("place", PLACES)
def test_no_other_table_takes_such_a_number(place, number):
    text = HEAD + PLACES[place].format(NO_COUNTS[number])
    error = refused(text)
    assert error.facts["line"] == text.count("\n")


@pytest.mark.parametrize("number", ["nan", "-1", "1" + "0" * 400, "1.5"])
@pytest.mark.parametrize("predicate", ["age < {}", "days_held >= {}", "age in [20, {}]"])
def test_a_predicate_takes_no_such_number_either(predicate, number):
    text = HEAD + f'[categories]\nx = "{predicate.format(number)}"\n'
    if number == "-1":
        return
    error = refused(text)
    assert error.facts["line"] == text.count("\n")
    assert "category x" in error.message


@pytest.mark.parametrize(
    "text",
    [
        "[handover]\nsize = 3\n",
        '[handover]\norder = "exposure"\nbatch = 3\nseats = 3\n',
        "[agreement.more]\nx = 1\n",
        "[clauses]\nx = 1\n",
        "[[Clause]]\nid = 'x'\n",
        '[[stop]]\nhome = "XA"\ncountry = "XM"\npurpose = "x"\nnote = "x"\n',
        '[blocs]\nnorth = ["XA"]\n[blocs.more]\nx = 1\n',
        '[categories]\nx = { is = "all", unknwon = "review" }\n',
        '[fields]\nx = { type = "text", max = 3 }\n',
        '[[objective]]\nmax = "count(all)"\nmin = "count(all)"\n',
        '[[objective]]\nmax = "count(all)"\nweight = 3\n',
        '[[account]]\ndebtor = "XB"\ncreditor = "XA"\namount = 1\nfrom = "e"\nnote = "x"\n',
    ],
)  # fmt: skip
def test_a_key_that_no_table_has_is_shown_with_its_line(text):
    error = refused(HEAD + text)
    assert HEAD.count("\n") < error.facts["line"] <= (HEAD + text).count("\n")
