# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

import dataclasses
import random

import numpy as np
import pytest

from homeward.demo.world import build_world
from homeward.foundation.dates import parse_date
from homeward.foundation.errors import EngineError
from homeward.matching.columns import columns_of
from homeward.matching.engine import Limits, connect, link
from homeward.matching.loading import load, rarities
from homeward.matching.match import propose
from homeward.matching.model import FIXED, PARTS, RULES, model_from, model_text, shipped_model
from homeward.matching.reasons import SENTENCES
from homeward.matching.sql import DUCKDB, codes_of, level_sql, most_pairs
from homeward.records.model import PersonRecord


@pytest.fixture(scope="module")
def lists():
    world = build_world(seed=3)
    return columns_of(world.wanted_by_ua), columns_of(world.held_by_ru)


def rows(scored):
    order = np.lexsort((scored.b, scored.a))
    return [
        tuple(row) for row in np.stack((scored.a, scored.b, scored.weight, scored.code))[:, order].T
    ]


def person(ref, family="", given="", father="", born="", **more):
    return PersonRecord(
        ref=ref,
        family_name=family,
        given_name=given,
        father_name=father,
        birth_date=parse_date(born) if born else None,
        **more,
    )


def level_of(part, one, other):
    """Return the name of the level at which two records stand, as DuckDB finds it."""
    left, right = columns_of([one]), columns_of([other])
    with connect(Limits()) as db:
        load(db, left, right, rarities(left, right))
        definition = next(p for p in PARTS if p.name == part)
        ((code,),) = db.execute(f"select {level_sql(definition, DUCKDB)} from a, b").fetchall()
    return definition.levels[code - 1].name if code else "missing"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Кравченко", "KRAVCHENKO", "same"),
        ("Семенів", "Семенов", "same"),
        ("Смішна", "Смешная", "near"),
        ("Орленко-Гай", "Орленко", "near"),
        ("Соловейко", "Солавейко", "one_letter"),
        ("Карпенко", "Капренко", "transposed"),
        ("Коваль", "Терещук", "other"),
        ("Коваль", "", "missing"),
    ],
)
def test_family_names_reach_their_level(one, other, level):
    assert level_of("family_name", person("1", one), person("2", other)) == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Микола", "Николай", "same"),
        ("Олександр", "Aleksandr", "same"),
        ("Олександр", "Саша", "near"),
        ("Олександр", "О.", "initial"),
        ("Олександр", "Олексадр", "one_letter"),
        ("Роман", "Рамазан", "other_known"),
    ],
)
def test_given_names_reach_their_level(one, other, level):
    assert level_of("given_name", person("1", "", one), person("2", "", other)) == level


def test_the_father_s_name_meets_through_the_father_s_given_name():
    one, other = person("1", father="Миколайович"), person("2", father="Nikolaevich")
    assert level_of("father_name", one, other) == "same"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1991-04-07", "1991-04-07", "same_day"),
        ("1991-04-07", "1991-07-04", "swapped"),
        ("1991-04-07", "1991-04-17", "one_digit"),
        ("1991-04-07", "1990-04-07", "one_digit"),
        ("1990-04-07", "1989-04-07", "next"),
        ("1990-05-31", "1990-06-01", "next"),
        ("1990-05-25", "1990-06-13", "days_apart"),
        ("1991-04-07", "1991", "both_possible"),
        ("1991-04-07", "1991-01-01", "both_possible"),
        ("1991-01-01", "1991-01-01", "both_possible"),
        ("1991-04-07", "1992~", "both_possible_roughly"),
        ("1991-04-07", "1992-11-30", "near_years"),
        ("1991-04-07", "1960", "other"),
    ],
)
def test_birth_dates_reach_their_level(one, other, level):
    assert level_of("birth_date", person("1", born=one), person("2", born=other)) == level
    assert level_of("birth_date", person("1", born=other), person("2", born=one)) == level


def test_swapped_names_are_seen_on_either_side():
    one = person("1", "Лебідь", "Назар", born="1990-02-03")
    other = person("2", "Назар", "Лебедь", born="1990-02-03")
    assert level_of("family_name", one, other) == "swapped"
    assert level_of("family_name", other, one) == "swapped"


def test_every_level_has_a_weight_and_every_name_of_a_level_a_sentence():
    model = shipped_model()
    for part in PARTS:
        assert part.levels[-1].when == "true"
        for level in part.levels:
            model.bits(part.name, level)
            is_one_name = part.name.endswith("_name") and level.name in {"same", "near"}
            assert is_one_name or (part.name, level.name) in {*SENTENCES, ("sex", "same")}
    assert {part for part, _ in FIXED} <= {part.name for part in PARTS}


def test_agreement_speaks_for_and_another_value_against():
    model = shipped_model()
    for part in PARTS:
        bits = [model.bits(part.name, level) for level in part.levels if not level.rarity]
        assert bits[-1] <= 0, part.name
    dates = {level.name: model.bits("birth_date", level) for level in PARTS[3].levels}
    order = ("same_day", "swapped", "one_digit", "near_years", "other")
    assert sorted(dates[name] for name in order) == [dates[name] for name in reversed(order)]


def test_a_model_reads_back_as_it_was_written():
    model = shipped_model()
    assert model_text(model_from(model_text(model))) == model_text(model)


def test_small_blocks_are_kept_until_the_budget_is_spent():
    histogram = [(1, 100), (4, 10), (50, 2), (900, 1)]
    assert most_pairs(histogram, 10_000) == 900
    assert most_pairs(histogram, 300) == 50
    assert most_pairs(histogram, 139) == 1
    assert most_pairs(histogram, 5) == 0
    assert most_pairs([], 5) == 0


def test_no_rule_costs_more_than_its_share_whatever_the_list():
    crowd = [person(f"{n:04}", "Орленко", "Іван", "Іванович", "1990") for n in range(600)]
    columns = columns_of(crowd)
    assert len(RULES) < 20
    found = link(columns, columns_of([dataclasses.replace(p, ref=f"x{p.ref}") for p in crowd]))
    assert len(found.a) == 0, "600 x 600 namesakes are nobody's candidates"


def test_threads_and_the_order_of_rows_change_nothing(lists):
    expected = rows(link(*lists))
    assert rows(link(*lists, limits=Limits(threads=1))) == expected
    world = build_world(seed=3)
    wanted, held = list(world.wanted_by_ua), list(world.held_by_ru)
    random.Random(5).shuffle(wanted)
    random.Random(6).shuffle(held)
    assert rows(link(columns_of(wanted), columns_of(held))) == expected


def test_memory_may_be_short_if_there_is_a_folder(lists, tmp_path):
    limits = Limits(memory="200MB", spill=str(tmp_path), threads=1)
    assert rows(link(*lists, limits=limits)) == rows(link(*lists))


def test_a_run_that_was_stopped_goes_on_and_finished_parts_are_not_done_again(lists, tmp_path):
    limits = Limits(work=str(tmp_path))
    asked = []
    with pytest.raises(EngineError) as stopped:
        link(*lists, limits=limits, stop=lambda: len(asked) > 3 or asked.append(1))
    assert stopped.value.code == "matching.stopped"
    first = link(*lists, limits=limits)
    steps = []
    again = link(*lists, limits=limits, progress=lambda done, total: steps.append((done, total)))
    assert rows(again) == rows(first) == rows(link(*lists))
    assert len(steps) == 1, "only the finished part is read"


def test_an_edited_record_is_never_answered_from_kept_parts(tmp_path):
    limits = Limits(work=str(tmp_path))
    wanted = [person("1", "Орленко", "Іван", "Петрович", "1990-02-03")]
    held = [person("2", "Орленко", "Иван", "Петрович", "1990-02-03")]

    def weight():
        found = propose(columns_of(wanted), columns_of(held), limits=limits)
        return [pair.weight_bits for pair in found.pairs()]

    before = weight()
    held[0] = dataclasses.replace(held[0], birth_date=parse_date("1990-02-13"))
    after = weight()
    assert before != after
    assert len(list(tmp_path.glob("*.parquet"))) == 4
    held[0] = dataclasses.replace(held[0], birth_date=parse_date("1990-02-03"))
    assert weight() == before


def test_kept_parts_hold_no_name_and_no_date(tmp_path):
    one = [person("1", "Орленко", "Іван", "Петрович", "1990-02-03")]
    propose(columns_of(one), columns_of(one), limits=Limits(work=str(tmp_path)))
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert kept
    for secret in ("Орленко", "orlenko", "1990-02-03", "19900203"):
        assert secret.encode() not in kept


def test_an_engine_without_memory_says_so(lists):
    with pytest.raises(EngineError) as failed:
        link(*lists, limits=Limits(memory="1MB"))
    assert failed.value.code == "matching.engine"


def test_codes_of_a_pattern_are_the_levels_that_made_it(lists):
    scored = link(*lists)
    for pattern in np.unique(scored.code).tolist():
        codes = codes_of(pattern)
        assert all(0 <= codes[part.name] <= len(part.levels) for part in PARTS)
