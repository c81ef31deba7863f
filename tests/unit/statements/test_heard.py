"""Several texts become statements on the exchanges that they speak of."""

import datetime as dt
import importlib.util
import sys

import pytest
from tests.conftest import ROOT

from homeward.statements import reconcile
from homeward.statements.durations import durations_of
from homeward.statements.heard import Document, exchanges_in, running_totals
from homeward.statements.reading import read_statement
from homeward.statements.running import intervals

DAY = dt.date(2031, 3, 12)  # a Wednesday
KARNIA = (
    "Karnia's defence ministry said on Wednesday that 40 Karnian soldiers had come home. "
    "In exchange, 38 Vellandian prisoners of war were handed over to Velland, it said."
)


def texts(*pairs):
    return [
        Document(name=f"{k}.txt", published_on=on, text=text, reading=read_statement(text, on))
        for k, (text, on) in enumerate(pairs)
    ]


def test_texts_on_one_day_and_two_sides_are_one_exchange():
    other = "Velland's president said on Wednesday that 38 Vellandian soldiers had come home."
    told, undated = exchanges_in(texts((KARNIA, DAY), (other, DAY + dt.timedelta(days=1))))
    assert [(each.date, sorted(each.parties)) for each in told] == [(DAY, ["XK", "XV"])]
    assert [s.document for s in told[0].statements] == ["0.txt", "1.txt"]
    assert undated == 0


def test_a_text_without_a_day_belongs_to_the_exchange_shortly_before_it():
    later = "Karnia and Velland exchanged prisoners: 38 Vellandian soldiers came home to Velland."
    for days, exchanges in ((1, 1), (3, 1), (4, 2)):
        documents = texts((KARNIA, DAY), (later, DAY + dt.timedelta(days=days)))
        assert len(exchanges_in(documents)[0]) == exchanges


def test_two_days_and_two_other_sides_stay_apart():
    other = "Ukraine's president said on Wednesday that 38 Ukrainian soldiers had come home from Russia."
    weeks_later = DAY + dt.timedelta(days=14)
    assert len(exchanges_in(texts((KARNIA, DAY), (other, DAY)))[0]) == 2
    assert len(exchanges_in(texts((KARNIA, DAY), (KARNIA, weeks_later)))[0]) == 2


def test_the_order_of_texts_changes_nothing():
    pairs = [(KARNIA, DAY), (KARNIA.replace("40", "41"), DAY + dt.timedelta(days=1))]
    documents = texts(*pairs)
    assert exchanges_in(documents) == exchanges_in(documents[::-1])


def test_civilians_among_people_are_a_claim_of_their_own():
    text = "Ukraine's president said on Wednesday that 189 Ukrainians had come home from Russia, among them two civilians."
    (told,), _ = exchanges_in(texts((text, DAY)))
    legs = {(c.unit, c.value) for s in told.statements for c in s.claims if c.fact == "leg"}
    assert legs == {("people", 189), ("civilians", 2), ("soldiers", 187)}


def test_every_claim_stands_at_its_place_in_the_text():
    (told,), _ = exchanges_in(texts((f"{KARNIA} {KARNIA.replace('40', '41')}", DAY)))
    for statement in told.statements:
        for claim in statement.claims:
            assert statement.text[claim.at :].startswith(claim.quoted)


def test_plans_and_exchanges_without_a_day_are_not_compared():
    plan = "Karnia and Velland will exchange 100 prisoners each next month, Norland said."
    told, _ = exchanges_in(texts((plan, DAY)))
    assert told == ()


EN = "Ukraine's president said 90 Ukrainian soldiers came home from Russia. "
RU = "Из России вернулись домой 90 украинских военнослужащих. "
UK = "З Росії повернулися додому 90 українських військових. "


@pytest.mark.parametrize(
    ("text", "days", "qualifier"),
    [
        (f"{EN}Some had been held for more than two years, he said.", 730, "more_than"),
        (f"{EN}They had spent at least 18 months in captivity, he said.", 540, "at_least"),
        (f"{EN}He spoke of a two-year captivity.", 730, "exact"),
        (f"{RU}Президент Украины сказал: в плену они провели более двух лет.", 730, "more_than"),
        (f"{UK}Президент України сказав: у полоні були два з половиною роки.", 912, "exact"),
    ],
)
def test_how_long_people_had_been_held_is_heard(text, days, qualifier):
    reading = read_statement(text, DAY)
    found = durations_of(text, reading, reading.events[0])
    assert [(each.home, each.days, each.qualifier) for each in found] == [("UA", days, qualifier)]


@pytest.mark.parametrize(
    "text",
    [
        "It was the largest exchange of prisoners in the nearly three-year war.",
        "The president, whose five-year term ended, spoke of prisoners of war.",
        "The prisoners had been captured two years ago.",
        "The talks on prisoners lasted three days.",
    ],
)
def test_the_length_of_a_war_or_a_term_is_no_captivity(text):
    whole = f"{EN}{text}"
    reading = read_statement(whole, DAY)
    assert durations_of(whole, reading, reading.events[0]) == []


def test_running_totals_show_a_gap_in_people():
    first = "Ukraine's president said on Wednesday that 90 Ukrainian soldiers came home from Russia. Since the war began, Ukraine has brought back a total of 2,000 people, he said."
    later = first.replace("90", "100").replace("2,000", "2,130")
    documents = texts((first, DAY), (later, DAY + dt.timedelta(days=14)))
    (gap,) = intervals(running_totals(documents), exchanges_in(documents)[0])
    assert (gap.party, gap.rise, gap.counted, gap.exchanges, gap.gap) == ("UA", 130, 100, 1, 30)


@pytest.fixture(scope="module")
def mutated():
    path = ROOT / "bench/statements/reconcile.py"
    spec = importlib.util.spec_from_file_location("bench_reconcile", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.measure(7)


def test_no_mutated_story_is_called_contradicted_in_error(mutated):
    assert sum(counts["verdicts"] for counts in mutated.values()) >= 300
    assert sum(counts["false_contradictions"] for counts in mutated.values()) == 0


def test_nine_of_ten_verdicts_on_mutated_stories_are_right(mutated):
    right = sum(counts["right"] for counts in mutated.values())
    assert right >= 0.9 * sum(counts["verdicts"] for counts in mutated.values())
    assert mutated["another number"]["right"] >= 0.9 * mutated["another number"]["verdicts"]


def test_a_reading_goes_through_to_a_sentence():
    (told,), _ = exchanges_in(texts((KARNIA, DAY)))
    found = reconcile(told.statements, None, date=told.date)
    assert any("XK.defence_ministry said 40" in v.sentence for v in found)
