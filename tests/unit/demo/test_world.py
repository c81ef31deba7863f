import functools
import hashlib

import pytest

from homeward.demo.names import latin_of_ru, latin_of_uk, ru_from_uk, uk_from_ru
from homeward.demo.world import PEOPLE_DEFAULT, build_world
from homeward.foundation.errors import InputError
from homeward.records.model import ALLOWED, owed_article_109

DIGEST_SEED_5_PEOPLE_400 = "742ecce6ca6f626e8af8e19359a7751c037a8112d55b58aee8d8a1aded62153f"
build = functools.cache(build_world)


@pytest.fixture(scope="module")
def world():
    return build(seed=1, people=PEOPLE_DEFAULT)


def lists(world):
    return (world.held_by_ru, world.held_by_ua, world.wanted_by_ua, world.wanted_by_ru)


def digest(world):
    columns = ("ref", "name_as_written", "birth_place", "rank", "service_number", "unit", "health")
    cells = [
        [
            str(r.birth_date),
            str(r.captured_on or r.missing_since),
            *(getattr(r, c) for c in columns),
        ]
        for rows in lists(world)
        for r in rows
    ]
    return hashlib.sha256(repr((cells, world.truth, world.followed)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_world_on_every_machine():
    assert digest(build_world(seed=5, people=400)) == DIGEST_SEED_5_PEOPLE_400


def test_another_seed_gives_other_people():
    one, other = build_world(seed=5, people=400), build_world(seed=6, people=400)
    assert one.held_by_ru != other.held_by_ru


def test_the_default_world_has_the_numbers_of_june_2024(world):
    assert [len(rows) for rows in lists(world)] == [6_465, 1_348, 8_000, 2_000]


@pytest.mark.parametrize("people", [400, 1_001, PEOPLE_DEFAULT])
def test_every_scale_keeps_the_proportions_and_the_captive_of_the_story(people):
    small = build(seed=1, people=people)
    assert len(small.held_by_ru) + len(small.held_by_ua) == people
    assert len(small.wanted_by_ua) / len(small.held_by_ru) == pytest.approx(8_000 / 6_465, rel=0.01)
    (held,) = [record for record in small.held_by_ru if record.ref == small.followed]
    (wanted,) = [r for r in small.wanted_by_ua if r.ref == small.truth[small.followed]]
    assert (held.power, held.status, held.consent) == ("UA", "pow", "yes")
    assert owed_article_109(held)
    assert held.birth_date == wanted.birth_date
    assert held.birth_date.is_exact
    assert held.given_name != wanted.given_name
    assert held.father_name != wanted.father_name
    assert held.captured_on.earliest < min(
        record.captured_on.earliest for record in small.held_by_ru if record != held
    )


def test_the_truth_names_each_person_once_and_only_people_of_one_home(world):
    held = {record.ref: record for record in (*world.held_by_ru, *world.held_by_ua)}
    wanted = {record.ref: record for record in (*world.wanted_by_ua, *world.wanted_by_ru)}
    assert len(set(world.truth.values())) == len(world.truth)
    assert all(held[h].power == wanted[w].power for h, w in world.truth.items())
    assert len(world.truth) / len(held) == pytest.approx(0.95, abs=0.01)


def test_references_are_unique_on_each_list(world):
    assert all(len({record.ref for record in rows}) == len(rows) for rows in lists(world))


def test_every_cell_has_an_allowed_value(world):
    for rows in lists(world):
        for column, allowed in ALLOWED.items():
            assert {getattr(record, column) for record in rows} <= set(allowed)


def test_the_shares_are_those_of_the_tables(world):
    rows = world.held_by_ru
    share = {
        "exact": sum(bool(r.birth_date and r.birth_date.is_exact) for r in rows) / len(rows),
        "grave": sum(r.health in {"serious", "grave"} for r in rows) / len(rows),
        "pow": sum(r.status == "pow" for r in rows) / len(rows),
        "no": sum(r.consent == "no" for r in rows) / len(rows),
        "latin": sum(r.family_name.isascii() for r in rows) / len(rows),
    }
    expected = {"exact": 0.77, "grave": 0.08, "pow": 0.97, "no": 0.01, "latin": 0.3}
    assert share == pytest.approx(expected, abs=0.02)


def test_day_and_month_are_swapped_for_one_person_in_fifty(world):
    wanted = {record.ref: record for record in world.wanted_by_ua}
    dates = [
        (record.birth_date.earliest, wanted[world.truth[record.ref]].birth_date.earliest)
        for record in world.held_by_ru
        if record.ref in world.truth and record.birth_date and record.birth_date.is_exact
    ]
    swapped = sum(a != b and (a.day, a.month) == (b.month, b.day) for a, b in dates)
    assert swapped / len(dates) == pytest.approx(0.02, abs=0.008)


@pytest.mark.parametrize("people", [399, 500_001])
def test_a_number_of_people_out_of_range_is_refused(people):
    with pytest.raises(InputError, match="Expected 400 to 500,000 people"):
        build_world(seed=1, people=people)


def test_clerks_spell_by_rule():
    assert ru_from_uk("Дзюбецький") == "Дзюбецкий"
    assert uk_from_ru("Медведев") == "Медведєв"
    assert uk_from_ru("Никитин") == "Нікітін"
    assert uk_from_ru("Синицын") == "Сініцин"
    assert latin_of_uk("Згурський") == "Zghurskyi"
    assert latin_of_uk("Євген") == "Yevhen"
    assert latin_of_ru("Щёлоков") == "Shchelokov"
