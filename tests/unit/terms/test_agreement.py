"""Reading an agreement: what it may say, and that every error names what is allowed."""

from __future__ import annotations

import re
import time

import pytest

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.clauses import COMMON, KINDS

HEAD = """
[agreement]
id = "test"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"
[parties]
RU = { name = "Russia" }
UA = {}
"""
GIVE = """
[[clause]]
id = "n"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 2
"""


def clause(**keys) -> str:
    lines = ["[[clause]]"]
    for key, value in keys.items():
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        lines.append(f"{key} = {shown}")
    return "\n".join(lines) + "\n"


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_agreement(text)
    return caught.value


def test_a_whole_agreement_is_read():
    agreement = read_agreement(
        HEAD
        + '[blocs]\neast = ["RU"]\nwest = ["UA"]\n'
        + '[[stop]]\nhome = "RU"\ncountry = "BY"\npurpose = "medical check"\n'
        + '[fields]\nsentence = { type = "text", values = ["life", "term"] }\n'
        + "[categories]\nlife = \"sentence == 'life'\"\n"
        + 'old = { is = "age >= 50", unknown = "exclude" }\n'
        + GIVE
        + '[[objective]]\nmax = "count(life)"\n[[objective]]\nmin = "sum(days_held)"\n'
    )
    assert agreement.blocs == {"east": ("RU",), "west": ("UA",)}
    assert agreement.stops[0].country == "BY"
    assert agreement.categories["old"].on_unknown == "exclude"
    assert [o.id for o in agreement.objectives] == ["count(life)", "min sum(days_held)"]
    assert {"sentence", "birth_date", "captured_on"} <= set(agreement.columns)
    assert [str(flow) for flow in agreement.flows] == ["RU -> UA", "UA -> RU"]


def test_the_same_content_in_another_layout_has_the_same_hash():
    plain = read_agreement(HEAD + GIVE)
    other = (
        (HEAD + GIVE).replace(" = ", "   =  ").replace("[parties]", "# who takes part\n[parties]")
    )
    other = other.replace(
        'flows   =  ["RU -> UA", "UA -> RU"]', 'flows = [\n"RU -> UA", # here\n"UA -> RU",\n]'
    )
    assert read_agreement(other).sha256 == plain.sha256
    assert read_agreement("\ufeff" + HEAD + GIVE).sha256 == plain.sha256


def test_another_content_has_another_hash():
    hashes = {
        read_agreement(text).sha256
        for text in (
            HEAD + GIVE,
            HEAD + GIVE.replace("count = 2", "count = 3"),
            HEAD + GIVE + "withhold = true\n",
            HEAD.replace("counted", "outside") + GIVE,
        )
    }
    assert len(hashes) == 4


def test_silence_on_article_109_is_an_error():
    error = refused(HEAD.replace('article_109 = "counted"', "") + GIVE)
    assert 'article_109 = "outside"' in error.message
    assert '"counted"' in error.message


@pytest.mark.parametrize(
    "name", ["religion", "ethnic_group", "home_nationality", "race", "politics"]
)
def test_a_field_by_article_16_is_refused(name):
    error = refused(HEAD + f'[fields]\n{name} = {{ type = "text" }}\n')
    assert error.code == "terms.adverse_distinction"
    assert "art. 16" in error.hint


def test_a_word_that_only_contains_such_a_word_is_a_field():
    assert (
        read_agreement(HEAD + '[fields]\ntrace = { type = "text" }\n').fields["trace"].type
        == "text"
    )


@pytest.mark.parametrize("name", ["family_name", "given_name", "ref", "service_number"])
def test_a_field_that_tells_who_somebody_is_is_refused(name):
    assert "who somebody is" in refused(HEAD + f'[fields]\n{name} = {{ type = "text" }}\n').message


def test_consent_stands_in_an_agreement_that_does_not_speak_of_it():
    agreement = read_agreement(HEAD + GIVE)
    assert agreement.consent.on_unknown == "ask"
    assert agreement.consent in agreement.clauses


@pytest.mark.parametrize("word", ["ignore", "off", "", "include"])
def test_consent_cannot_be_switched_off(word):
    error = refused(HEAD + clause(id="will", kind="consent", on_unknown=word))
    assert "ask, exclude" in error.message


def test_another_clause_cannot_take_the_place_of_consent():
    assert "consent" in refused(HEAD + GIVE.replace('"n"', '"consent"')).message


def test_two_consent_clauses_are_refused():
    text = clause(id="a", kind="consent") + clause(id="b", kind="consent", on_unknown="exclude")
    assert "one consent clause" in refused(HEAD + text).message


def test_an_unknown_table_names_those_allowed():
    error = refused(HEAD + "[people]\nx = 1\n")
    assert "categories" in error.message
    assert "people" in error.message


def test_an_unknown_kind_names_every_kind():
    error = refused(HEAD + clause(id="x", kind="swap"))
    assert all(kind in error.message for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_names_every_key_of_its_kind(kind):
    error = refused(HEAD + clause(id="x", kind=kind, colour="red"))
    assert all(key in error.message for key in (*COMMON, *KINDS[kind][0]))
    assert "colour" in error.message
    assert error.facts == {"line": 13, "clause": "x", "key": "colour"}


FLOWS = ["RU -> UA"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"kind": "give", "flows": FLOWS}, "count = a whole number from 0"),
        ({"kind": "give", "count": 1}, "flows = ["),
        ({"kind": "give", "flows": "RU -> UA", "count": 1}, "flows = ["),
        ({"kind": "give", "flows": FLOWS * 2, "count": 1}, "each flow once"),
        ({"kind": "give", "flows": FLOWS, "count": -1}, "count = a whole number"),
        ({"kind": "give", "flows": FLOWS, "count": 10**8}, "count = a whole number"),
        ({"kind": "give", "flows": FLOWS, "count": True}, "count = a whole number"),
        ({"kind": "give", "flows": ["RU -> RU"], "count": 1}, "two different parties"),
        ({"kind": "give", "flows": ["RU UA"], "count": 1}, "a flow such as"),
        ({"kind": "give", "flows": ["RU -> BY"], "count": 1}, "flows between the parties"),
        ({"kind": "give", "flows": FLOWS, "count": 1, "where": "women"}, "where = one of"),
        ({"kind": "give", "flows": FLOWS, "count": 1, "withhold": "yes"}, "true or false"),
        ({"kind": "quota", "flows": FLOWS}, "min, max or both"),
        ({"kind": "quota", "flows": FLOWS, "min": 3, "max": 2}, "min not above max"),
        ({"kind": "quota", "flows": FLOWS, "min": 1, "scope": "all"}, "each, sum"),
        ({"kind": "quota", "flows": FLOWS, "min": 1, "unit": "rank"}, "unit = one of people"),
        ({"kind": "balance"}, "flows = ["),
        ({"kind": "balance", "flows": FLOWS, "scope": "each"}, "party, bloc, none"),
        ({"kind": "balance", "flows": FLOWS, "scope": "bloc"}, "[blocs]"),
        ({"kind": "cap", "max": 3}, "either flows"),
        ({"kind": "cap", "flows": FLOWS, "by": "RU", "max": 3}, "either flows"),
        ({"kind": "cap", "by": "BY", "max": 3}, "by = a party"),
        ({"kind": "cap", "by": "RU"}, "max = a whole number"),
        ({"kind": "named"}, "either persons"),
        ({"kind": "named", "persons": []}, "persons = ["),
        ({"kind": "named", "list": ""}, "list = "),
        ({"kind": "named", "persons": ["RU-1"]}, "a person such as"),
        ({"kind": "named", "persons": ["BY:1"]}, "people held by the parties"),
        ({"kind": "named", "persons": ["RU:1"], "list": "x"}, "either persons"),
        ({"kind": "named", "persons": ["RU:1"], "where": "all"}, "only the keys"),
        ({"kind": "veto", "persons": ["RU:1"], "max_names": -1}, "max_names"),
        ({"kind": "veto", "persons": ["RU:1"], "by": "AE"}, "by = a party"),
        ({"kind": "consent", "where": "all"}, "only the keys"),
        ({"kind": ["give"]}, "kind = one of"),
        ({"kind": "give", "flows": [["RU"]], "count": 1}, "a flow such as"),
    ],
)
def test_a_wrong_clause_names_what_it_may_say(keys, expected):
    error = refused(HEAD + clause(id="x", **keys))
    assert expected in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "id ="),
        (HEAD.replace("2025-02-05", '"2025-02-05"'), "a day such as"),
        (HEAD.replace("2025-02-05", "2025-02-05T00:00:00"), "a day such as"),
        (HEAD.replace('"counted"', '["counted"]'), "article_109"),
        (HEAD.replace('["AE"]', '"AE"'), "mediators"),
        (HEAD.replace("UA = {}", ""), "at least two parties"),
        (HEAD.replace("UA = {}", "ukr = {}"), "a party's code"),
        (HEAD + '[blocs]\neast = [["RU"]]\n', "a list of parties"),
        (HEAD + '[blocs]\neast = ["RU"]\nwest = ["RU"]\n', "each party in one bloc"),
        (HEAD + "[fields]\nx = 1\n", "new names"),
        (HEAD + '[fields]\nx = { type = ["text"] }\n', "text, number, date"),
        (HEAD + '[fields]\nx = { type = "date", values = ["a"] }\n', "values of a text"),
        (HEAD + "[categories]\nage = \"sex == 'F'\"\n", "no column"),
        (HEAD + "[categories]\nx = 3\n", 'is = "..."'),
        (HEAD + '[categories]\nx = { is = "all", unknown = ["a"] }\n', "review or exclude"),
        (HEAD + '[[objective]]\nmax = "count(x)"\n', "one of all"),
        (HEAD + '[[objective]]\nmax = "sum(rank)"\n', "days_held, age"),
        (HEAD + '[[objective]]\nmax = "age"\n', "count(CATEGORY)"),
        (HEAD + GIVE + GIVE, "an id of its own"),
        (HEAD + GIVE.replace('"n"', '"n\\u0007"'), "id ="),
        (HEAD + "x = 0.5\n", "whole numbers"),
        (HEAD + "x = 0x" + "f" * 20_000 + "\n", "a larger one"),
        (HEAD + "x = " + "9" * 20_000 + "\n", "TOML in UTF-8"),
        (HEAD + '"\u00fc" = 1\n', "keys in ASCII"),
        (HEAD + "x = " + "[" * 12 + "]" * 12 + "\n", "levels of tables"),
        (HEAD + "x = " + "[" * 90_000 + "]" * 90_000 + "\n", "TOML in UTF-8"),
        (HEAD + "#" * 300_000, "at most 262144 bytes"),
        (b"\xff\xfe", "TOML in UTF-8"),
    ],
)
def test_a_wrong_document_names_what_it_may_say(text, expected):
    assert expected in refused(text).message


@pytest.mark.parametrize("part", ["a.", '"a" . ', "'a'."])
def test_a_key_of_very_many_parts_is_refused_at_once(part):
    began = time.perf_counter()
    assert "keys of one or two parts" in refused(HEAD + part * 30_000 + "a = 1\n").message
    assert time.perf_counter() - began < 2


def test_long_texts_without_dots_are_read_in_good_time():
    began = time.perf_counter()
    read_agreement(HEAD.replace("Russia", "a" * 200_000))
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "categories",
    ['a = "a"', 'a = "b"\nb = "a"', 'a = "not b"\nb = "c or all"\nc = "a and b"'],
)
def test_categories_that_use_one_another_in_a_circle_are_refused(categories):
    assert "no category that uses itself" in refused(HEAD + f"[categories]\n{categories}\n").message


def test_a_category_that_does_not_exist_is_named():
    assert re.search(
        r"category of this agreement, found womn",
        refused(HEAD + '[categories]\na = "womn"\n').message,
    )


def test_categories_that_share_others_many_times_are_read_once_each():
    layers = "\n".join(f'c{n} = "c{n - 1} and (c{n - 1} or c{n - 2})"' for n in range(2, 190))
    text = f'[categories]\nc0 = "sex == \'F\'"\nc1 = "age < 25"\n{layers}\n'
    began = time.perf_counter()
    agreement = read_agreement(
        HEAD + "\n".join(reversed(text.splitlines()[1:])).join(["[categories]\n", "\n"])
    )
    assert time.perf_counter() - began < 2
    order = list(agreement.categories)
    assert order.index("c0") < order.index("c2") < order.index("c189")
