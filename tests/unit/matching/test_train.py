"""What people decided changes what a level is worth, and nothing else."""

from homeward.matching.model import PARTS, model_text, shipped_model
from homeward.matching.sql import codes_of, level_of, pattern_of
from homeward.matching.train import with_decisions

NEAR = {"family_name": "two_letters", "given_name": "same", "birth_date": "same_day"}


def bits(model, part, name):
    level = next(x for p in PARTS if p.name == part for x in p.levels if x.name == name)
    return model.bits(part, level)


def test_a_level_that_people_often_call_one_person_is_worth_more():
    shipped = shipped_model()
    learned = with_decisions(shipped, [(NEAR, 1.0)] * 400)
    part = "family_name", "two_letters"
    assert bits(learned, *part) > bits(shipped, *part)
    assert bits(learned, "family_name", "same") < bits(shipped, "family_name", "same")
    assert learned.u == shipped.u
    assert learned.overlap == shipped.overlap


def test_what_was_called_two_people_teaches_nothing_of_one():
    shipped = shipped_model()
    assert model_text(with_decisions(shipped, [(NEAR, 0.0)] * 400)) == model_text(
        with_decisions(shipped, [])
    )


def test_the_order_of_decisions_and_unknown_levels_change_nothing():
    pairs = [(NEAR, 1.0), ({**NEAR, "family_name": "same"}, 0.25), ({"birth_date": "other"}, 0.7)]
    strange = [({"family_name": "of another version", "no part": "same"}, 1.0)]
    learned = with_decisions(shipped_model(), pairs * 50)
    again = with_decisions(shipped_model(), [*strange, *reversed(pairs * 50)])
    assert model_text(again) == model_text(learned)


def test_a_pattern_gives_back_its_levels():
    codes = codes_of(pattern_of(NEAR))
    levels = {part.name: level_of(part, codes[part.name]) for part in PARTS}
    assert {name: level.name for name, level in levels.items() if level} == NEAR
