"""Why a difference is no contradiction, and how it shows that something was left out."""

import datetime as dt

import pytest
from tests.unit.statements.test_reconcile import (
    DAY,
    RECORD,
    TO_RU,
    TO_UA,
    both_say,
    leg,
    leg_verdict,
    mediator,
    total,
    verdicts,
)

from homeward.foundation.ids import PartyCode
from homeward.statements import Claim, Record, Statement, reconcile
from homeward.statements.model import LeftOut

UA, RU = PartyCode("UA"), PartyCode("RU")


def many(source, *legs, document="d", on=DAY, **more):
    """Return one document with several legs of one source."""
    claims = tuple(
        Claim(
            fact="leg",
            home=flow.home,
            holder=flow.holder,
            unit=unit,
            value=value,
            source=source,
            document=document,
            quoted="words",
            **more,
        )
        for flow, value, unit in legs
    )
    return Statement(
        document=document, source="narrator", published_on=on, claims=claims, text="The words."
    )


def held(days, *, source, home="UA", qualifier="more_than"):
    claim = Claim(
        fact="duration",
        home=PartyCode(home),
        value=days,
        qualifier=qualifier,
        source=source,
        document=f"{source}-{days}",
        quoted="words",
    )
    return Statement(
        document=f"{source}-{days}",
        source=source,
        published_on=DAY,
        claims=(claim,),
        text="The words.",
    )


def left_out(source, *, is_silence):
    return Statement(
        document="press",
        source="narrator",
        published_on=DAY,
        claims=(),
        text="It did not say.",
        left_out=(LeftOut(source=source, is_silence=is_silence, at=0, quoted="It did not"),),
    )


def test_people_outside_of_an_exchange_explain_a_difference():
    ua = many("UA", (TO_UA, 175, "soldiers"), (TO_UA, 22, "soldiers"))
    for other, verdict in ((175, "corroborated"), (197, "differs_in_category")):
        assert leg_verdict(ua, leg(TO_UA, other, source="RU")).verdict == verdict
    assert leg_verdict(ua, leg(TO_UA, 190, source="RU")).verdict == "contradicted"


def test_people_told_among_others_explain_a_difference_and_others_do_not():
    ua = many("UA", (TO_UA, 207, "soldiers"), among=frozenset({12, 36}))
    assert leg_verdict(ua, leg(TO_UA, 195, source="RU")).verdict == "differs_in_category"
    assert leg_verdict(ua, leg(TO_UA, 190, source="RU")).verdict == "contradicted"


def test_a_number_read_with_doubt_contradicts_nobody_and_unsettles_nothing():
    doubtful = many("UA", (TO_UA, 27, "soldiers"), document="doubt", is_doubtful=True)
    sure = many("UA", (TO_UA, 207, "soldiers"), document="sure")
    russian = leg(TO_UA, 195, source="RU")
    assert leg_verdict(doubtful, russian).verdict == "one_sided"
    assert leg_verdict(doubtful, sure, russian).verdict == "contradicted"


def test_people_and_soldiers_are_one_fact_where_everybody_counts_them_alike():
    found = verdicts(
        leg(TO_UA, 189, source="UA", unit="people"),
        leg(TO_UA, 150, source="RU", unit="people"),
        leg(TO_UA, 150, source="RU.defence_ministry"),
        leg(TO_UA, 150, source="AE", unit="people"),
        mediator("AE", source="AE"),
    )
    legs = {key[2]: verdict.verdict for key, verdict in found.items() if key[0] == "leg"}
    assert legs == {"people": "contradicted"}


def test_one_number_of_civilians_in_opposite_directions_is_two_facts():
    statements = (
        many("UA", (TO_UA, 185, "soldiers"), (TO_UA, 20, "civilians"), document="ua"),
        many(
            "RU",
            (TO_RU, 185, "soldiers"),
            (TO_UA, 185, "soldiers"),
            (TO_RU, 20, "civilians"),
            document="ru",
        ),
    )
    for home in ("UA", "RU"):
        found = leg_verdict(*statements, home=home, unit="civilians")
        assert found.verdict == "differs_in_direction"
    assert leg_verdict(*statements).verdict == "corroborated"
    assert leg_verdict(*statements, home="RU").verdict == "omitted"


def test_soldiers_of_each_side_told_by_each_side_are_no_difference_in_direction():
    statements = (leg(TO_UA, 150, source="UA"), leg(TO_RU, 150, source="RU"))
    assert {v.verdict for v in reconcile(statements, None, date=DAY)} == {"omitted"}


def test_it_is_told_how_it_shows_that_a_side_left_something_out():
    ru, ua = leg(TO_RU, 150, source="RU"), leg(TO_UA, 150, source="UA")
    by_absence = leg_verdict(ru, ua, home="RU")
    stated = leg_verdict(ru, ua, left_out("UA.president", is_silence=False), home="RU")
    silent = leg_verdict(ru, left_out("UA", is_silence=True), home="RU")
    assert [v.omitted_how for v in (by_absence, stated, silent)] == [
        ("absence",),
        ("stated",),
        ("silence",),
    ]
    assert all(v.verdict == "omitted" for v in (by_absence, stated, silent))
    assert "A text says that UA left it out." in stated.sentence
    assert "A text says that UA said nothing at all." in silent.sentence


def test_what_a_text_says_was_left_out_does_not_stand_where_the_side_told_it():
    told = leg_verdict(
        leg(TO_RU, 150, source="RU"),
        leg(TO_RU, 150, source="UA"),
        left_out("UA", is_silence=False),
        home="RU",
    )
    assert (told.verdict, told.omitted_by) == ("corroborated", ())


@pytest.mark.parametrize(
    ("days", "qualifier", "agrees", "verdict"),
    [
        (730, "more_than", True, "one_sided"),
        (900, "exact", True, "one_sided"),
        (1100, "more_than", False, "contradicted"),
        (1200, "at_most", True, "one_sided"),
    ],
)
def test_a_duration_is_held_against_the_record(days, qualifier, agrees, verdict):
    record = Record(date=DAY, legs={TO_UA: 150}, longest_held={UA: 1072})
    statements = (leg(TO_UA, 150, source="UA"), held(days, source="UA", qualifier=qualifier))
    (found,) = [v for v in reconcile(statements, record, date=DAY) if v.fact == "duration"]
    assert found.claims[0].agrees_with_record is agrees
    assert found.verdict == verdict
    assert "The record shows up to 36 months (1072 days)." in found.sentence


def test_two_durations_never_contradict_each_other():
    statements = (
        leg(TO_UA, 150, source="UA"),
        held(730, source="UA", qualifier="exact"),
        held(365, source="RU", qualifier="exact"),
    )
    (found,) = [v for v in reconcile(statements, None, date=DAY) if v.fact == "duration"]
    assert found.verdict == "consistent_partial"
    assert "2 years (730 days)" in found.sentence


def test_a_difference_that_sources_explain_is_told_with_their_reason():
    found = [
        v
        for v in reconcile(both_say(56, 55), None, date=DAY, explained={UA: "It is one person."})
        if v.fact == "leg" and v.home == "UA"
    ]
    assert found[0].verdict == "differs_in_category"
    assert "It is one person." in found[0].sentence


def test_a_mediators_total_is_confirmed_by_a_side_that_counts_both_directions():
    found = verdicts(
        leg(TO_UA, 150, source="RU"),
        leg(TO_RU, 150, source="RU"),
        total(300, source="AE"),
        mediator("AE", source="AE"),
    )
    assert found["total", None, "people", 300].verdict == "corroborated"


def test_soldiers_beyond_the_people_of_the_record_contradict_it_and_fewer_do_not():
    record = Record(date=DAY, legs={TO_UA: 150})
    more = leg_verdict(leg(TO_UA, 155, source="UA"), record=record)
    fewer = leg_verdict(leg(TO_UA, 143, source="UA"), record=record)
    assert (more.verdict, more.record) == ("contradicted", 150)
    assert (fewer.verdict, fewer.record) == ("one_sided", None)


def test_two_documents_of_one_day_with_different_numbers_leave_a_source_unsettled():
    statements = (
        many("UA", (TO_UA, 150, "soldiers"), document="a"),
        many("UA", (TO_UA, 151, "soldiers"), document="b"),
        leg(TO_UA, 152, source="RU"),
    )
    assert leg_verdict(*statements).verdict == "one_sided"
    later = many("UA", (TO_UA, 152, "soldiers"), document="c", on=DAY + dt.timedelta(days=1))
    assert leg_verdict(*statements, later).verdict == "corroborated"


def test_the_record_of_the_demo_is_told_for_each_leg():
    found = leg_verdict(leg(TO_UA, 150, source="UA"), record=RECORD)
    assert found.sentence.endswith("The record shows 150.")


def test_the_sum_that_explains_a_difference_is_told():
    statements = (
        many("UA", (TO_UA, 205, "people"), (TO_UA, 20, "civilians"), document="ua"),
        leg(TO_UA, 185, source="RU", unit="people"),
    )
    found = leg_verdict(*statements, unit="people")
    assert found.verdict == "differs_in_category"
    assert "205 = 185 + 20." in found.sentence
