"""Lists that leave something out, or say the same of everybody."""

import dataclasses

import pytest

from homeward.demo.world import build_world
from homeward.foundation.dates import parse_date
from homeward.matching.columns import columns_of
from homeward.matching.engine import link
from homeward.matching.match import best_pairs, match
from homeward.matching.model import PAIRS_FLOOR
from homeward.records.model import PersonRecord


@pytest.fixture(scope="module")
def world():
    """Return wanted people, held people of whom two in three are among them, and who is who."""
    world = build_world(seed=5)
    wanted = {record.ref: record for record in world.wanted_by_ua}
    both = [record for record in world.held_by_ru if record.ref in world.truth][:200]
    others = [record for record in world.held_by_ru if record.ref not in world.truth][:100]
    true = {(world.truth[record.ref], record.ref) for record in both}
    return [wanted[w] for w, _ in sorted(true)], [*both, *others], true


def changed(records, change):
    return [dataclasses.replace(record, **change(record)) for record in records]


def first_of_january(record):
    date = record.birth_date
    return {"birth_date": parse_date(f"{date.earliest.year}-01-01") if date else None}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda _: {"father_name": ""}, 0.9),
        (lambda _: {"birth_date": None}, 0.85),
        (lambda _: {"given_name": ""}, 0.6),
        (lambda _: {"family_name": ""}, 0.5),
        (lambda _: {"captured_on": None, "missing_since": None, "unit": ""}, 0.9),
        (first_of_january, 0.9),
    ],
    ids=["no father", "no birth", "no given name", "no family name", "no capture", "1 January"],
)
def test_what_a_column_would_have_said_is_missed_but_nobody_is_mistaken(world, change, found):
    wanted, held, true = world
    pairs = match(changed(wanted, change), changed(held, change))
    best = {(p.wanted_ref, p.held_ref) for p in best_pairs(pairs)}
    assert len(best & true) >= found * len(true)
    sure = {(p.wanted_ref, p.held_ref) for p in pairs if p.verdict == "very_likely"}
    assert sure <= true


def test_of_lists_without_anybody_in_common_nobody_is_very_likely(world):
    wanted, held, true = world
    strangers = [record for record in held if record.ref not in {h for _, h in true}]
    assert all(pair.verdict != "very_likely" for pair in match(wanted, strangers))


def test_one_person_is_found_on_a_long_list(world):
    wanted, held, true = world
    seeker = wanted[0]
    (first, *_) = match([seeker], held)
    assert (first.wanted_ref, first.held_ref) in true
    assert (first.wanted_ref, first.held_ref) == next(p for p in true if p[0] == seeker.ref)


def test_a_crowd_with_one_name_and_no_date_costs_no_more_than_the_bound():
    size = 700
    assert size * size > PAIRS_FLOOR
    crowd, others = (
        columns_of(
            PersonRecord(ref=f"{side}{n}", family_name="Шевченко", given_name=given)
            for n in range(size)
        )
        for side, given in (("w", "Іван"), ("h", "Иван"))
    )
    assert len(link(crowd, others).a) <= PAIRS_FLOOR


def test_brothers_with_an_initial_are_told_apart_by_nothing_but_their_dates():
    def brother(ref, given, born):
        return PersonRecord(
            ref=ref,
            family_name="Орлань",
            given_name=given,
            father_name="Іванович",
            birth_date=parse_date(born),
        )

    wanted = [brother("w1", "Петро", "1993-02-11"), brother("w2", "Павло", "1995-05-05")]
    unsure = match(wanted, [brother("h", "П.", "1993~")])
    assert all(pair.verdict != "very_likely" for pair in unsure)
    (first, *_) = match(wanted, [brother("h", "П.", "1995-05-05")])
    assert (first.wanted_ref, first.verdict) == ("w2", "very_likely")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jamal Ibrahim Al-Qadri", "جمال إبراهيم القادري"),
        ("Mustafa Ali Mansour", "مصطفى علي منصور"),
        ("Samir Hassan Haddad", "سمير حسن حداد"),
    ],
)
def test_a_whole_name_in_arabic_letters_meets_its_latin_spelling(one, other):
    born = parse_date("1990-05-14")
    wanted = [PersonRecord(ref="w", name_as_written=one, birth_date=born)]
    held = [PersonRecord(ref="h", name_as_written=other, birth_date=born)]
    (pair,) = match(wanted, held)
    assert pair.verdict == "very_likely"
    assert all(reason.bits > 0 for reason in pair.reasons)


def test_people_without_fathers_names_in_two_spellings_are_found():
    born = parse_date("1994-08-23")
    wanted = [
        PersonRecord(ref="w1", family_name="Гварамадзе", given_name="Гиорги", birth_date=born),
        PersonRecord(ref="w2", family_name="Алієв", given_name="Магомед", birth_date=born),
    ]
    held = [
        PersonRecord(ref="h1", family_name="Gvaramadze", given_name="Giorgi", birth_date=born),
        PersonRecord(ref="h2", family_name="Aliyev", given_name="Magomed", birth_date=born),
    ]
    found = {(p.wanted_ref, p.held_ref) for p in match(wanted, held) if p.verdict == "very_likely"}
    assert found == {("w1", "h1"), ("w2", "h2")}
