# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

import dataclasses
import datetime as dt
import random

import pytest

from homeward.demo.world import build_world
from homeward.foundation.dates import exact_date, parse_date
from homeward.matching.match import best_pairs, match
from homeward.records.model import PersonRecord

WANTED = PersonRecord(
    ref="W-1",
    family_name="Кравченко",
    given_name="Микола",
    father_name="Олександрович",
    birth_date=parse_date("1991-04-07"),
    sex="M",
    power="UA",
    missing_since=parse_date("2022-05-10"),
)
HELD = PersonRecord(
    ref="H-1",
    family_name="Кравченко",
    given_name="Николай",
    father_name="Александрович",
    birth_date=parse_date("1991-04-07"),
    sex="M",
    power="UA",
    captured_on=parse_date("2022-05-11"),
)


@pytest.fixture(scope="module")
def world():
    return build_world(seed=7)


@pytest.fixture(scope="module")
def pairs(world):
    return match(world.wanted_by_ua, world.held_by_ru)


def held(**changes):
    return dataclasses.replace(HELD, **changes)


def only_pair(wanted, other):
    (pair,) = match([wanted], [other])
    return pair


def test_a_person_spelled_in_two_languages_is_very_likely_one():
    pair = only_pair(WANTED, HELD)
    assert pair.verdict == "very_likely"
    assert "Микола = Николай (same name in Ukrainian and Russian)." in {
        reason.sentence for reason in pair.reasons
    }
    assert pair.probability > 0.999


def test_swapped_day_and_month_is_found_and_said():
    pair = only_pair(WANTED, held(birth_date=parse_date("1991-07-04")))
    assert pair.verdict == "very_likely"
    assert any("swapped" in reason.sentence for reason in pair.reasons)


def test_a_year_says_less_than_a_day_and_a_wide_date_less_than_a_year():
    weights = [
        only_pair(WANTED, held(birth_date=parse_date(text))).weight_bits
        for text in ("1991-04-07", "1991", "1992~")
    ]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


def test_a_latin_spelling_with_one_wrong_letter_is_found():
    pair = only_pair(WANTED, held(family_name="Kravchenk", given_name="Mykola", father_name=""))
    assert pair.verdict in {"very_likely", "likely"}


def test_a_brother_is_not_very_likely():
    brother = held(given_name="Сергей", birth_date=parse_date("1993-01-20"))
    assert all(pair.verdict == "possible" for pair in match([WANTED], [brother]))


def test_a_twin_is_only_possible():
    assert only_pair(WANTED, held(given_name="Сергей")).verdict == "possible"


def test_a_namesake_born_on_another_day_is_only_possible():
    namesake = held(birth_date=parse_date("1984-11-30"), captured_on=parse_date("2024-08-11"))
    assert all(pair.verdict == "possible" for pair in match([WANTED], [namesake]))


def test_of_two_equal_candidates_neither_is_very_likely():
    found = match([WANTED], [HELD, held(ref="H-2")])
    assert [pair.verdict for pair in found] == ["likely", "likely"]


def test_a_candidate_that_trails_does_not_hold_the_best_one_back():
    found = match([WANTED], [HELD, held(ref="H-2", birth_date=parse_date("1991"))])
    assert [(pair.held_ref, pair.verdict) for pair in found] == [
        ("H-1", "very_likely"),
        ("H-2", "possible"),
    ]


def test_nobody_has_more_than_five_pairs():
    crowd = [held(ref=f"H-{n}", birth_date=parse_date("1991")) for n in range(9)]
    found = match([WANTED], crowd)
    assert [pair.held_ref for pair in found] == [f"H-{n}" for n in range(5)]


def test_a_service_number_joins_records_that_share_nothing_else():
    found = match(
        [dataclasses.replace(WANTED, service_number="АВ-104 207")],
        [held(family_name="", given_name="", father_name="", service_number="104207")],
    )
    assert found[0].verdict in {"likely", "very_likely"}


def test_empty_records_and_empty_lists_give_no_pair():
    assert match([], [HELD]) == ()
    assert match([PersonRecord(ref="W-1")], [PersonRecord(ref="H-1")]) == ()


def test_the_weight_is_the_prior_and_the_bits_of_the_reasons():
    pair, poorer = only_pair(WANTED, HELD), only_pair(WANTED, held(captured_on=None))
    said = sum(reason.bits for reason in pair.reasons)
    said_less = sum(reason.bits for reason in poorer.reasons)
    assert pair.weight_bits - said == pytest.approx(poorer.weight_bits - said_less, abs=0.002)


def test_the_order_of_the_lists_does_not_matter(world):
    wanted, others = list(world.wanted_by_ru), list(world.held_by_ua)
    expected = match(wanted, others)
    random.Random(1).shuffle(wanted)
    random.Random(2).shuffle(others)
    assert match(wanted, others) == expected


def test_the_demo_world_is_matched(world, pairs):
    true = {(world.truth[r.ref], r.ref) for r in world.held_by_ru if r.ref in world.truth}
    said = {(p.wanted_ref, p.held_ref) for p in pairs if p.verdict != "possible"}
    assert len(said & true) >= 0.97 * len(true)
    assert len(said & true) >= 0.99 * len(said)
    sure = {(p.wanted_ref, p.held_ref) for p in pairs if p.verdict == "very_likely"}
    assert len(sure - true) <= 2


def test_the_captive_of_the_story_is_very_likely_himself(world, pairs):
    first = next(pair for pair in pairs if pair.held_ref == world.followed)
    assert first.wanted_ref == world.truth[world.followed]
    assert first.verdict == "very_likely"


def test_best_pairs_use_every_record_once(pairs):
    best = best_pairs(pairs)
    assert len({pair.wanted_ref for pair in best}) == len(best)
    assert len({pair.held_ref for pair in best}) == len(best)
    assert best[0] == pairs[0]


def test_a_block_that_is_too_large_is_left_out_without_losing_exact_dates():
    day = dt.date(1990, 1, 1)
    crowd = [
        held(ref=f"H-{n}", birth_date=exact_date(day + dt.timedelta(days=13 * n)))
        for n in range(300)
    ]
    seekers = [dataclasses.replace(record, ref=f"W-{n}") for n, record in enumerate(crowd)]
    found = {(p.wanted_ref[2:], p.held_ref[2:]) for p in best_pairs(match(seekers, crowd))}
    assert found == {(str(n), str(n)) for n in range(300)}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"family_name": "?", "given_name": "-"},
        {"family_name": "Невідомо"},
        {"sex": "male"},
        {"birth_date": parse_date("1990")},
        {"birth_date": parse_date("1990-02-03")},
        {"given_name": "Іван", "birth_date": parse_date("1960~")},
        {"father_name": "Петрович", "unit": "A1234"},
    ],
)
def test_records_that_say_next_to_nothing_are_never_likely_one(told):
    wanted, held = ([PersonRecord(ref=f"{s}{n}", **told) for n in range(3)] for s in "wh")
    assert all(pair.verdict == "possible" for pair in match(wanted, held))
    if not {"given_name", "birth_date"} & told.keys():
        assert match(wanted, held) == ()
    assert all(p.verdict == "possible" for p in match(wanted[:1], held[:1]))
