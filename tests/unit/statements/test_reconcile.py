"""Events told by several sides, as transcribed claims; the numbers are public."""

import datetime as dt

import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_flow
from homeward.statements import Claim, Record, Statement, as_json, reconcile

DAY = dt.date(2025, 2, 5)
TO_UA, TO_RU = parse_flow("RU -> UA"), parse_flow("UA -> RU")
RECORD = Record(
    date=DAY,
    legs={TO_UA: 150, TO_RU: 150},
    mediators=(PartyCode("AE"),),
    medical_checks={PartyCode("RU"): PartyCode("BY")},
    categories={TO_UA: {"civilians": 0}, TO_RU: {"civilians": 0}},
)


def leg(flow, value, *, source, unit="soldiers", qualifier="exact", on=DAY):
    return _said(
        "leg", value, source, on, home=flow.home, holder=flow.holder, unit=unit, qualifier=qualifier
    )


def mediator(value, *, source):
    return _said("mediator", value, source, DAY, qualifier="exact" if value else "unstated")


def checks(home, country, *, source):
    return _said("medical_checks", country, source, DAY, home=PartyCode(home))


def total(value, *, source, unit="people"):
    return _said("total", value, source, DAY, unit=unit)


def _said(fact, value, source, on, **parts):
    document = f"{source}-{fact}-{value}-{sorted(parts.values(), key=str)}-{on}"
    claim = Claim(
        fact=fact, value=value, source=source, document=document, quoted="the words", **parts
    )
    return Statement(
        document=document, source=source, published_on=on, claims=(claim,), text="In the words."
    )


def verdicts(*statements, record=None):
    found = reconcile(statements, record, date=DAY)
    return {
        (v.fact, v.home, v.unit, v.claims[0].claim.value if v.claims else None): v for v in found
    }


def leg_verdict(*statements, home="UA", unit="soldiers", record=None):
    found = reconcile(statements, record, date=DAY)
    (one,) = [v for v in found if (v.fact, v.home, v.unit) == ("leg", home, unit)]
    return one


def both_say(first, second, **parts):
    return leg(TO_UA, first, source="UA.president", **parts), leg(
        TO_UA, second, source="RU.defence_ministry", **parts
    )


def test_the_exchange_of_5_february_2025_is_told_as_it_was():
    found = verdicts(
        leg(TO_UA, 150, source="UA.president"),
        leg(TO_UA, 150, source="RU.defence_ministry"),
        leg(TO_RU, 150, source="RU.defence_ministry"),
        mediator("AE", source="both"),
        checks("RU", "BY", source="RU.defence_ministry"),
        record=RECORD,
    )
    assert {key[:2]: verdict.verdict for key, verdict in found.items()} == {
        ("leg", "UA"): "corroborated",
        ("leg", "RU"): "omitted",
        ("mediator", None): "corroborated",
        ("medical_checks", "RU"): "one_sided",
    }
    omitted = found["leg", "RU", "soldiers", 150]
    assert omitted.omitted_by == ("UA",)
    assert omitted.record == 150
    assert omitted.claims[0].agrees_with_record is True
    assert omitted.sentence == (
        "Soldiers going home from UA to RU: RU.defence_ministry said 150. It was left out by a "
        "side that spoke about this exchange. In what was read, UA did not mention it. "
        "The record shows 150."
    )


def test_a_leg_of_the_record_that_a_side_left_out_shows_without_a_claim():
    found = leg_verdict(
        leg(TO_UA, 150, source="UA.president"), home="RU", unit="people", record=RECORD
    )
    assert (found.verdict, found.omitted_by, found.claims) == ("omitted", ("UA",), ())


def test_a_silent_side_has_left_nothing_out():
    assert reconcile((), RECORD, date=DAY) == ()
    found = leg_verdict(leg(TO_RU, 150, source="RU.defence_ministry"), home="RU", record=RECORD)
    assert (found.verdict, found.omitted_by) == ("one_sided", ())


def test_two_exact_numbers_of_one_unit_on_one_flow_contradict_each_other():
    found = leg_verdict(*both_say(207, 195))
    assert found.verdict == "contradicted"
    assert "RU.defence_ministry said 195; UA.president said 207." in found.sentence


def test_a_party_against_a_party_and_the_mediator_is_still_a_contradiction():
    found = leg_verdict(
        *both_say(189, 150, unit="people"),
        leg(TO_UA, 150, source="AE", unit="people"),
        mediator("AE", source="AE"),
        unit="people",
    )
    assert found.verdict == "contradicted"


def test_an_exact_number_that_differs_from_the_record_contradicts_it():
    found = leg_verdict(leg(TO_UA, 160, source="UA.president"), record=RECORD)
    assert found.verdict == "contradicted"
    assert found.claims[0].agrees_with_record is False


@pytest.mark.parametrize(
    "statements",
    [
        (*both_say(150, 157), leg(TO_UA, 7, source="UA.president", unit="civilians")),
        (*both_say(157, 150), leg(TO_UA, 7, source="RU.defence_ministry", unit="civilians")),
        (*both_say(150, 157), leg(TO_UA, 157, source="UA.coordination_hq", unit="people")),
        (
            leg(TO_UA, 195, source="RU.defence_ministry"),
            leg(TO_UA, 207, source="UA.president", unit="people"),
        ),
    ],
)
def test_numbers_that_a_category_explains_are_no_contradiction(statements):
    assert leg_verdict(*statements).verdict == "differs_in_category"
    assert "contradicted" not in {v.verdict for v in reconcile(statements, None, date=DAY)}


def test_soldiers_told_where_the_record_counts_civilians_too_differ_in_category():
    record = Record(date=DAY, legs={TO_UA: 157}, categories={TO_UA: {"civilians": 7}})
    found = leg_verdict(leg(TO_UA, 157, source="RU.defence_ministry"), record=record)
    assert (found.verdict, found.record) == ("differs_in_category", 150)


@pytest.mark.parametrize(
    "second",
    [
        {"flow": TO_RU, "value": 20, "unit": "soldiers"},
        {"flow": TO_UA, "value": 20, "unit": "civilians"},
        {"flow": TO_UA, "value": 20, "unit": "remains"},
        {"flow": TO_UA, "value": 20, "unit": "soldiers", "qualifier": "approx"},
        {"flow": TO_UA, "value": 500, "unit": "soldiers", "qualifier": "at_least"},
        {"flow": TO_UA, "value": None, "unit": "soldiers", "qualifier": "dozens"},
    ],
)
def test_another_flow_unit_or_an_inexact_number_never_contradicts(second):
    statements = (
        leg(TO_UA, 150, source="UA.president"),
        leg(second.pop("flow"), second.pop("value"), source="RU", **second),
    )
    assert "contradicted" not in {v.verdict for v in reconcile(statements, None, date=DAY)}


def test_a_narrator_contradicts_and_corroborates_nobody():
    found = leg_verdict(leg(TO_UA, 150, source="UA"), leg(TO_UA, 151, source="narrator"))
    assert found.verdict == "one_sided"
    found = leg_verdict(leg(TO_UA, 150, source="UA"), leg(TO_UA, 150, source="narrator"))
    assert found.verdict == "one_sided"
    assert len(found.claims) == 2


def test_offices_of_one_party_neither_corroborate_nor_contradict_one_another():
    for value in (150, 151):
        found = leg_verdict(
            leg(TO_UA, 150, source="UA.president"), leg(TO_UA, value, source="UA.coordination_hq")
        )
        assert found.verdict == "one_sided"


def test_the_last_word_of_a_source_counts():
    corrected = leg(TO_UA, 150, source="UA", on=DAY + dt.timedelta(days=1))
    found = leg_verdict(corrected, *both_say(149, 150)[1:], leg(TO_UA, 149, source="UA"))
    assert found.verdict == "corroborated"
    assert [judged.claim.value for judged in found.claims] == [150, 149, 150]


@pytest.mark.parametrize(
    ("value", "qualifier", "agrees"),
    [
        (100, "at_least", True),
        (151, "at_least", False),
        (149, "more_than", True),
        (150, "more_than", False),
        (150, "at_most", True),
        (140, "approx", True),
        (100, "approx", False),
        (None, "dozens", True),
        (None, "unstated", None),
        (150, "exact", True),
    ],
)
def test_each_claim_says_whether_the_record_agrees(value, qualifier, agrees):
    found = leg_verdict(leg(TO_UA, value, source="UA", qualifier=qualifier), record=RECORD)
    assert found.claims[0].agrees_with_record is agrees
    assert found.verdict != "contradicted"


def test_a_less_exact_claim_that_fits_is_consistent():
    for value, qualifier in ((100, "at_least"), (None, "dozens"), (148, "approx")):
        found = leg_verdict(
            leg(TO_UA, 150, source="UA"), leg(TO_UA, value, source="RU", qualifier=qualifier)
        )
        assert found.verdict == "consistent_partial"


def test_a_less_exact_claim_that_does_not_fit_is_said_by_one_side():
    found = leg_verdict(
        leg(TO_UA, 150, source="UA"), leg(TO_UA, 200, source="RU", qualifier="at_least")
    )
    assert found.verdict == "one_sided"


def test_a_number_that_nobody_gives_is_withheld_and_not_left_out():
    found = leg_verdict(leg(TO_UA, None, source="UA", qualifier="unstated"))
    assert (found.verdict, found.omitted_by) == ("withheld", ())
    found = verdicts(leg(TO_UA, 150, source="UA"), mediator(None, source="UA"))
    assert found["mediator", None, None, None].verdict == "withheld"


def test_a_number_that_the_terms_withhold_is_not_told_from_the_record():
    record = Record(date=DAY, legs={TO_UA: 150}, withheld=frozenset({TO_UA}))
    found = leg_verdict(leg(TO_UA, 149, source="UA"), record=record)
    assert (found.verdict, found.record) == ("one_sided", None)
    assert found.claims[0].agrees_with_record is None
    assert "150" not in found.sentence


def test_what_only_outsiders_say_without_a_record_is_unverifiable():
    assert leg_verdict(leg(TO_UA, 150, source="foreign")).verdict == "unverifiable"


def test_a_total_is_set_beside_the_sum_of_the_record():
    found = verdicts(total(300, source="AE"), mediator("AE", source="AE"), record=RECORD)
    assert found["total", None, "people", 300].record == 300
    assert found["total", None, "people", 300].claims[0].agrees_with_record is True


def test_two_mediators_named_apart_are_two_facts():
    found = verdicts(
        *both_say(150, 150), mediator("AE", source="both"), mediator("US", source="RU")
    )
    assert found["mediator", None, None, "AE"].verdict == "corroborated"
    assert found["mediator", None, None, "US"].verdict == "omitted"
    assert found["mediator", None, None, "US"].omitted_by == ("UA",)


def test_remains_are_a_fact_of_their_own():
    statements = (
        leg(TO_UA, 1000, source="UA", unit="remains"),
        leg(TO_UA, 1000, source="RU", unit="remains"),
        leg(TO_UA, 150, source="RU"),
    )
    assert leg_verdict(*statements, unit="remains").verdict == "corroborated"
    assert leg_verdict(*statements).omitted_by == ("UA",)


def test_the_order_of_the_statements_changes_nothing():
    statements = (
        *both_say(150, 157),
        leg(TO_UA, 7, source="UA.president", unit="civilians"),
        mediator("AE", source="RU"),
        leg(TO_RU, 150, source="RU"),
    )
    assert reconcile(statements, RECORD, date=DAY) == reconcile(statements[::-1], RECORD, date=DAY)


def test_the_json_has_the_shape_of_the_contract():
    found = as_json(reconcile(both_say(150, 150), RECORD, date=DAY))
    (event,) = found["events"]
    assert (event["date"], event["parties"]) == ("2025-02-05", ["RU", "UA"])
    fact = next(f for f in event["facts"] if f["home"] == "UA")
    assert {key: fact[key] for key in ("fact", "holder", "unit", "verdict", "record")} == {
        "fact": "leg",
        "holder": "RU",
        "unit": "soldiers",
        "verdict": "corroborated",
        "record": 150,
    }
    assert fact["claims"][0]["span"] == [3, 12]
    assert fact["claims"][0]["source"] == "RU.defence_ministry"


def test_the_record_of_another_day_is_refused():
    with pytest.raises(InputError, match="Expected the record of 2025-02-06, found that of"):
        reconcile((), RECORD, date=dt.date(2025, 2, 6))


def test_too_many_statements_are_refused():
    with pytest.raises(InputError, match="at most 1000 statements, found 1001"):
        reconcile([leg(TO_UA, 1, source="UA")] * 1001, None, date=DAY)
