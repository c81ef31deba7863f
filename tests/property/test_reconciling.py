"""Rules that hold for whatever is said: no side is judged otherwise than the other."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.ids import PartyCode, parse_flow
from homeward.statements import Claim, Record, Statement, reconcile

DAY = dt.date(2031, 3, 12)
FLOWS = (parse_flow("XB -> XA"), parse_flow("XA -> XB"))
QUALIFIERS = ("exact", "exact", "exact", "approx", "at_least", "more_than", "at_most")
SWAP = {"XA": "XB", "XB": "XA"}

claims = st.builds(
    dict,
    flow=st.sampled_from(FLOWS),
    unit=st.sampled_from(["people", "soldiers", "soldiers", "civilians", "remains"]),
    value=st.sampled_from([2, 20, 150, 152, 170, 172, 189, None]),
    qualifier=st.sampled_from(QUALIFIERS),
    source=st.sampled_from(["XA", "XB", "XA.president", "XB.ministry", "XM", "narrator", "both"]),
    is_doubtful=st.booleans(),
)
texts = st.lists(st.lists(claims, max_size=3), max_size=3)
records = st.none() | st.builds(
    lambda a, b: Record(date=DAY, legs={FLOWS[0]: a, FLOWS[1]: b}),
    st.sampled_from([150, 170]),
    st.sampled_from([150, 172]),
)


def swapped(code):
    party, dot, office = code.partition(".")
    return SWAP.get(party, party) + dot + office


def statements(texts, *, names=str, swap=False):
    """Make one document of each list of claims; the mediator says once that it is one."""
    found = []
    for number, listed in enumerate(texts):
        document = names(number)
        made = []
        for parts in listed:
            home, holder = parts["flow"].home, parts["flow"].holder
            value = parts["value"]
            made.append(
                Claim(
                    fact="leg",
                    home=PartyCode(swapped(home) if swap else home),
                    holder=PartyCode(swapped(holder) if swap else holder),
                    unit=parts["unit"],
                    value=value,
                    qualifier=parts["qualifier"] if value is not None else "unstated",
                    source=swapped(parts["source"]) if swap else parts["source"],
                    document=document,
                    quoted="words",
                    is_doubtful=parts["is_doubtful"],
                )
            )
        made.append(
            Claim(fact="mediator", value="XM", source="XM", document=document, quoted="words")
        )
        found.append(
            Statement(
                document=document,
                source="narrator",
                published_on=DAY,
                claims=tuple(made),
                text="The words.",
            )
        )
    return found


def found(statements, record=None, *, swap=False):
    """Return each verdict by what it is about; swapped back if the sides were."""
    back = swapped if swap else str
    return {
        (v.fact, back(v.home or ""), back(v.holder or ""), v.unit): (
            v.verdict,
            tuple(sorted(map(back, v.omitted_by))),
        )
        for v in reconcile(statements, record, date=DAY)
    }


@settings(max_examples=80)
@given(texts, records)
def test_another_order_of_the_texts_and_other_names_of_them_change_no_verdict(texts, record):
    plain = found(statements(texts), record)
    assert found(statements(texts)[::-1], record) == plain
    renamed = statements(texts, names=lambda number: f"document-{9 - number}")
    assert found(renamed, record) == plain


@settings(max_examples=80)
@given(texts)
def test_the_sides_in_each_others_place_change_no_verdict(texts):
    assert found(statements(texts, swap=True), swap=True) == found(statements(texts))


@settings(max_examples=80)
@given(texts, records)
def test_contradicted_needs_two_exact_numbers_that_nobody_doubts(texts, record):
    for verdict in reconcile(statements(texts), record, date=DAY):
        if verdict.verdict != "contradicted":
            continue
        sure = {
            judged.claim.value
            for judged in verdict.claims
            if judged.claim.qualifier == "exact"
            and not judged.claim.is_doubtful
            and judged.claim.source != "narrator"
        }
        assert len(sure | {verdict.record} - {None}) >= 2


@settings(max_examples=80)
@given(texts)
def test_the_press_decides_nothing(texts):
    others = [[c for c in listed if c["source"] != "narrator"] for listed in texts]
    told = found(statements(others))
    without_unit = {(key[:3], said) for key, said in told.items()}
    for key, said in found(statements(texts)).items():
        if key in told:
            assert said == told[key]
        elif (key[:3], said) not in without_unit:  # it may say of what kind the people are
            assert said[0] in {"unverifiable", "omitted"}
