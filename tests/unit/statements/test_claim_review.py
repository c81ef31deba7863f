"""What can be rated becomes a ClaimReview; what is open becomes none."""

import datetime as dt
import json

from homeward.foundation.ids import PartyCode, parse_flow
from homeward.statements import Claim, Record, Statement, claim_reviews, reconcile

DAY = dt.date(2031, 2, 5)
HOME = parse_flow("XB -> XA")


def said(value, source, *, doubtful=False):
    words = f"{value} came home"
    claim = Claim(
        fact="leg",
        value=value,
        source=source,
        document=f"{source}-{value}",
        quoted=words,
        home=HOME.home,
        holder=HOME.holder,
        unit="soldiers",
        is_doubtful=doubtful,
    )
    return Statement(
        document=claim.document, source=source, published_on=DAY, claims=(claim,), text=f"{words}."
    )


def ratings(*statements, record=None):
    reviews = claim_reviews(reconcile(statements, record, date=DAY), author="Press of Vale")
    return {r["itemReviewed"]["author"]["name"]: r["reviewRating"] for r in reviews}, reviews


def test_a_claim_is_rated_by_the_record():
    civilians = {HOME: {"civilians": 0}}
    record = Record(date=DAY, legs={HOME: 40}, mediators=(PartyCode("XV"),), categories=civilians)
    rated, reviews = ratings(said(40, "XA"), said(52, "XB"), record=record)
    assert rated["XA"]["alternateName"] == "agrees with the record"
    assert rated["XB"]["alternateName"] == "differs from the record"
    assert {r["claimReviewed"] for r in reviews} == {"40 came home", "52 came home"}
    assert all(r["@type"] == "ClaimReview" and "40" in r["reviewBody"] for r in reviews)
    assert json.loads(json.dumps(reviews)) == reviews


def test_two_exact_numbers_of_the_sides_contradict_each_other():
    rated, _ = ratings(said(40, "XA"), said(52, "XB"))
    assert {r["alternateName"] for r in rated.values()} == {"contradicted by the other side"}


def test_what_only_one_side_says_is_no_review():
    assert ratings(said(40, "XA")) == ({}, [])


def test_what_a_machine_was_not_sure_of_is_no_review():
    record = Record(date=DAY, legs={HOME: 40}, categories={HOME: {"civilians": 0}})
    rated, _ = ratings(said(40, "XA"), said(52, "XB", doubtful=True), record=record)
    assert set(rated) == {"XA"}


def test_a_review_of_invented_people_says_simulation():
    statements = (said(40, "XA"), said(52, "XB"))
    verdicts = reconcile(statements, None, date=DAY)
    for simulation in (False, True):
        reviews = claim_reviews(verdicts, author="Press of Vale", simulation=simulation)
        starts = {r["reviewBody"].startswith("SIMULATION. ") for r in reviews}
        assert starts == {simulation}
