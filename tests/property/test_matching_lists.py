# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

"""Whatever the lists, a proposal keeps its promises."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.dates import parse_date
from homeward.matching.match import PAIRS_PER_RECORD, best_pairs, match
from homeward.records.model import PersonRecord

FAMILIES = (
    "Орленко",
    "Kravchenko",
    "Кравченко",
    "Смішна",
    "Смешная",
    "Семенів",
    "Семенов",
    "Reed",
    "",
)
GIVEN = ("Іван", "Иван", "Ivan", "Микола", "Николай", "Саша", "О.", "")
FATHERS = ("Петрович", "Petrovych", "Миколайович", "Николаевна", "")
DATES = ("1990-02-03", "1990-03-02", "1990", "1990-01-01", "1991-02-03", "1960~", "")

people = st.builds(
    lambda family, given, father, born, service: PersonRecord(
        ref="",
        family_name=family,
        given_name=given,
        father_name=father,
        birth_date=parse_date(born) if born else None,
        service_number=service,
    ),
    st.sampled_from(FAMILIES),
    st.sampled_from(GIVEN),
    st.sampled_from(FATHERS),
    st.sampled_from(DATES),
    st.sampled_from(("", "", "", "АВ-104207", "104207")),
)


def lists(prefix):
    return st.lists(people, max_size=12).map(
        lambda some: [dataclasses.replace(p, ref=f"{prefix}{n}") for n, p in enumerate(some)]
    )


@settings(max_examples=25, deadline=None)
@given(lists("w"), lists("h"), st.randoms(use_true_random=False))
def test_any_lists_give_the_same_few_sorted_pairs_in_any_order_and_form(wanted, held, dice):
    found = match(wanted, held)
    assert list(found) == sorted(found, key=lambda pair: -pair.probability)
    for end in ("wanted_ref", "held_ref"):
        refs = [getattr(pair, end) for pair in found]
        assert all(refs.count(ref) <= PAIRS_PER_RECORD for ref in refs)
    for pair in found:
        assert 0.001 <= pair.probability <= 1
        assert any(reason.bits > 0 for reason in pair.reasons)
    sure = [pair for pair in found if pair.verdict == "very_likely"]
    assert len({pair.wanted_ref for pair in sure}) == len({p.held_ref for p in sure}) == len(sure)
    best = best_pairs(found)
    for end in ("wanted_ref", "held_ref"):
        assert len({getattr(pair, end) for pair in best}) == len(best)
    for pair in found:  # is kept, or one of its people has a better one
        better = [p for p in best if found.index(p) <= found.index(pair)]
        assert any(p.wanted_ref == pair.wanted_ref or p.held_ref == pair.held_ref for p in better)
    dice.shuffle(wanted)
    dice.shuffle(held)
    again = match([in_form(person, "NFD") for person in wanted], held)
    assert [(p.wanted_ref, p.held_ref, p.weight_bits, p.verdict) for p in again] == [
        (p.wanted_ref, p.held_ref, p.weight_bits, p.verdict) for p in found
    ]


def in_form(person, form):
    names = ("family_name", "given_name", "father_name")
    return dataclasses.replace(
        person, **{name: unicodedata.normalize(form, getattr(person, name)) for name in names}
    )


SURE_FAMILIES = ("Орленко", "Kravchenko", "Кравченко", "Гриценко", "Gritsenko", "Поліщук")
SURE_GIVEN = ("Микола", "Николай", "Mykola", "Олександр", "Sergey", "Сергій")
LOOK_ALIKE = str.maketrans("асеорхіАСЕОРХІКМТН", "aceopxiACEOPXIKMTH")

sure_people = st.builds(
    lambda family, given, father, born: PersonRecord(
        ref="",
        family_name=family,
        given_name=given,
        father_name=father,
        birth_date=parse_date(born) if born else None,
    ),
    st.sampled_from(SURE_FAMILIES),
    st.sampled_from(SURE_GIVEN),
    st.sampled_from(FATHERS),
    st.sampled_from(DATES),
)


def with_look_alikes(person):
    # Kravchenko has no letter of another script in it: only Cyrillic words can be mistyped.
    mistyped = {
        name: "".join(
            letter.translate(LOOK_ALIKE) if place % 2 else letter
            for place, letter in enumerate(getattr(person, name))
        )
        for name in ("family_name", "given_name", "father_name")
    }
    return dataclasses.replace(person, **mistyped)


WRITTEN_ANEW = {
    "NFD": lambda person: in_form(person, "NFD"),
    "NFKC": lambda person: in_form(person, "NFKC"),
    "letters that look alike": with_look_alikes,
    "an alias": lambda person: dataclasses.replace(
        person, family_name=f"{person.family_name} (Непийпиво)"
    ),
    "an alias before the name": lambda person: dataclasses.replace(
        person, family_name=f"Непийпиво / {person.family_name}"
    ),
    "columns that changed places": lambda person: dataclasses.replace(
        person, family_name=person.given_name, given_name=person.family_name
    ),
    "a whole name in one cell": lambda person: dataclasses.replace(
        person,
        family_name="",
        given_name="",
        father_name="",
        name_as_written=f"{person.given_name} {person.father_name} {person.family_name}",
    ),
}


@pytest.mark.parametrize("how", WRITTEN_ANEW)
@settings(max_examples=10, deadline=None)
@given(st.lists(sure_people, max_size=5), st.lists(sure_people, max_size=5), st.data())
def test_how_a_name_is_written_changes_no_verdict(how, wanted, held, data):
    wanted, held = (
        [dataclasses.replace(person, ref=f"{prefix}{n}") for n, person in enumerate(some)]
        for prefix, some in (("w", wanted), ("h", held))
    )
    anew = [WRITTEN_ANEW[how](person) if data.draw(st.booleans()) else person for person in held]
    assert verdicts(match(wanted, anew)) == verdicts(match(wanted, held))


def verdicts(pairs):
    return {(pair.wanted_ref, pair.held_ref): pair.verdict for pair in pairs}
