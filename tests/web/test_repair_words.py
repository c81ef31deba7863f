"""What would mend an agreement, in the reader's language."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from homeward.node.web import repair_words


def change(clause, key, before, after, **place):
    return {"clause": clause, "change": {"key": key, "from": before, "to": after, **place}}


COUNT, DAYS = change("n5", "count", 5, 3), change("days", "at_least", 4, 1, place=2)
NAMES, KEPT = change("names", "kind", "named", None), change("kept", "kind", "veto", None)


@pytest.mark.parametrize(
    ("repair", "said"),
    [
        (COUNT, "With another number a plan exists:\u00a0<bdi>n5: count = 5 → 3</bdi>."),
        (
            COUNT | {"with": [DAYS]},
            (
                "With these numbers together a plan exists:\u00a0<bdi>n5: count = 5 → 3</bdi>, "
                "<bdi>days: at_least 2 = 4 → 1</bdi>."
            ),
        ),
        (NAMES, "Without this clause a plan exists:\u00a0<bdi>names</bdi>."),
        (
            NAMES | {"with": [KEPT]},
            "Without these clauses a plan exists:\u00a0<bdi>names, kept</bdi>.",
        ),
    ],
)
def test_a_repair_is_told_with_everything_that_it_changes(repair, said):
    assert repair_words.of_repair(repair) == said.replace("<bdi>", '<bdi dir="ltr">')


@pytest.mark.parametrize("language", ["uk", "ru", "ar"])
def test_each_way_to_mend_it_has_a_sentence_of_its_own_in_every_language(language):
    repairs = (COUNT, COUNT | {"with": [DAYS]}, NAMES, NAMES | {"with": [KEPT]})
    with override(language):
        told = {repair_words.of_repair(repair) for repair in repairs}
    assert len(told) == len(repairs)
    assert not any("plan" in each for each in told)


def test_a_clause_is_escaped():
    assert "<b>" not in repair_words.of_repair(change("<b>", "count", 5, 3) | {"with": [DAYS]})
