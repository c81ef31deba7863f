"""Invented texts on talks, and which formats they leave open."""

import datetime as dt

import pytest

from homeward.statements.heard import Document
from homeward.statements.reading import read_statement
from homeward.talks import Position, positions_in, talks_table
from homeward.talks.as_json import document as as_document
from homeward.talks.hearing import sides_in
from homeward.talks.model import Condition
from homeward.talks.table import mediators_in
from homeward.talks.words import in_words

DAY = dt.date(2031, 3, 12)
SIDES = ("XA", "XB")
F2F, LEADERS = frozenset({"face_to_face"}), frozenset({"leaders"})
DELEGATIONS = frozenset({"delegations"})


def position(actor, stance, **changes):
    parts = {
        "target": "",
        "levels": DELEGATIONS,
        "modes": F2F,
        "said_on": DAY,
        "quote": f"{actor} {stance}",
        "document": "d",
        "span": (0, 1),
    }
    return Position(actor=actor, stance=stance, **{**parts, **changes})


def judged(*positions, level="delegations", mode="face_to_face", on=None, mediators=None, host=""):
    table = talks_table(positions, SIDES, mediators or {}, on=on)
    (one,) = [
        each
        for each in table.formats
        if (each.format.level, each.format.mode, each.format.host) == (level, mode, host)
        and each.format.participants == SIDES
    ]
    return one


READY = [position("XA", "willing"), position("XB.president", "proposes")]
NEEDS = Condition(act="open the crossing", on_party="XB")


def test_silence_is_unknown_and_never_consent():
    table = talks_table([], SIDES, {}, on=DAY)
    assert {each.verdict for each in table.formats} == {"unknown"}
    assert len(table.formats) == 12
    assert table.recommended is None


def test_a_format_is_as_its_worst_party():
    assert judged(*READY).verdict == "feasible"
    assert judged(READY[0]).verdict == "unknown"
    assert judged(READY[0], position("XB", "willing", conditions=(NEEDS,))).verdict == "conditional"
    refusal = position("XB", "rules_out", levels=frozenset({"leaders", "delegations"}))
    assert judged(READY[0], refusal).verdict == "blocked"


def test_a_refusal_of_the_head_of_a_state_blocks_leaders_alone():
    refusal = position("XB", "rules_out", target="XA.president", levels=LEADERS)
    assert judged(*READY, refusal, level="leaders").verdict == "blocked"
    assert judged(*READY, refusal).verdict == "feasible"
    assert judged(refusal, level="leaders", mode="proximity").verdict == "unknown"


def test_a_block_is_undone_by_one_act_of_whoever_made_it():
    bars = (
        position("XA", "legal_bar", target="XB.president", levels=LEADERS, instrument="decree"),
        position("XB", "rules_out", target="XA.president", levels=LEADERS),
    )
    found = judged(*bars, level="leaders")
    assert [[act.by for act in acts] for acts in found.unblock] == [["XA", "XB"]]
    assert "lift the legal bar on talks with XB.president (decree)" in found.unblock[0][0].act


def test_a_condition_is_met_by_the_other_side_or_dropped():
    found = judged(READY[0], position("XA", "willing", conditions=(NEEDS,)), READY[1])
    assert found.parties == {"XA": "conditional", "XB": "feasible"}
    assert [[(act.by, act.act) for act in acts] for acts in found.unblock] == [
        [("XA", "drop the condition: open the crossing")],
        [("XB", "open the crossing")],
    ]


def test_one_act_that_meets_two_conditions_is_the_smallest_set():
    other = Condition(act="name envoys", on_party="XB")
    found = judged(
        position("XA", "willing", conditions=(NEEDS,)),
        position("XA.president", "precondition", conditions=(NEEDS, other)),
    )
    sizes = {len(acts) for acts in found.unblock}
    assert sizes == {2}
    assert any(
        {act.act for act in acts} == {"open the crossing", "name envoys"} for acts in found.unblock
    )


def test_an_unconditional_word_lifts_no_condition_of_the_same_day():
    found = judged(position("XA", "precondition", conditions=(NEEDS,)), *READY)
    assert found.verdict == "conditional"


def test_only_a_later_word_of_the_same_actor_or_a_higher_office_counts_instead():
    later = DAY + dt.timedelta(days=1)
    refusal = position("XB.foreign_minister", "rules_out", target="XA", said_on=DAY)
    changed = {
        "XB.foreign_minister": "feasible",
        "XB.president": "feasible",
        "XB.spokesman": "blocked",
    }
    for actor, verdict in changed.items():
        after = position(actor, "willing", target="XA", said_on=later)
        assert judged(READY[0], refusal, after).verdict == verdict
        assert judged(READY[0], refusal, after, on=DAY).verdict == "blocked"
    undated = position("XB.president", "willing", target="XA", said_on=None)
    assert judged(READY[0], refusal, undated).verdict == "blocked"


def test_nobodys_words_lift_a_law():
    bar = position("XB", "legal_bar", target="XA", instrument="law")
    after = position("XB.president", "willing", target="XA", said_on=DAY + dt.timedelta(days=9))
    assert judged(READY[0], bar, after).verdict == "blocked"


def test_a_bar_on_something_else_and_a_contested_signature_block_nothing():
    others = (
        position("XA", "legal_bar", on_talks=False, instrument="martial law"),
        position("XB", "contests_legitimacy", target="XA.president"),
        position("XB", "dismisses", target="XA.president"),
    )
    assert judged(*READY, *others).verdict == "feasible"
    assert len(judged(*others, level="leaders").because) == 2


def test_a_mediator_whom_both_confirm_is_a_shuttle_in_use():
    both, one = {"XM": frozenset(SIDES)}, {"XM": frozenset({"XA"})}
    found = judged(mode="shuttle", mediators=both, host="XM")
    assert (found.verdict, found.in_use) == ("feasible", True)
    assert judged(mode="shuttle", mediators=one, host="XM").verdict == "unknown"
    assert judged(mode="shuttle", level="leaders", mediators=both, host="XM").verdict == "unknown"
    table = talks_table([], SIDES, both, on=DAY)
    assert table.recommended is not None
    assert table.recommended.format.mode == "shuttle"


def test_what_is_open_and_most_direct_is_recommended():
    table = talks_table(READY, SIDES, {"XM": frozenset(SIDES)}, on=DAY)
    assert table.recommended is not None
    assert table.recommended.format.mode == "face_to_face"


def test_each_waiting_for_the_other_is_a_circle():
    asks = position("XB", "precondition", conditions=(Condition(act="lift it", on_party="XA"),))
    back = position("XA", "willing", conditions=(NEEDS,))
    contests = position("XB", "contests_legitimacy", target="XA.president")
    bar = position("XA", "legal_bar", target="XB.president", levels=LEADERS)
    for others in ((back,), (contests, bar)):
        (circle,) = talks_table((asks, *others), SIDES, {}, on=DAY).circular_waits
        assert {(wait.waits, wait.waits_for) for wait in circle} == {("XA", "XB"), ("XB", "XA")}
    for others in ((), (contests,), (bar,)):
        assert talks_table((asks, *others), SIDES, {}, on=DAY).circular_waits == ()


TEXT = (
    "Karnia's president said on Tuesday he was ready for direct talks with Velland's president. "
    "Velland's president ruled out direct talks with Karnia's president. "
    "Karnia must first reopen the northern crossing before any talks, Velland's foreign ministry said. "
    "Karnia and Velland exchanged 40 prisoners each on Wednesday. "
    "Both sides said the exchange was mediated by Norway."
)


@pytest.fixture(scope="module")
def told():
    text = Document(name="t", published_on=DAY, text=TEXT, reading=read_statement(TEXT, DAY))
    sides = sides_in([text])
    return talks_table(positions_in(text, sides), sides, mediators_in([text], sides), on=DAY)


def test_a_text_gives_its_table(told):
    verdicts = {
        (each.format.level, each.format.mode): each.verdict
        for each in told.formats
        if each.format.participants == told.sides
    }
    assert told.sides == ("XK", "XV")
    assert verdicts["leaders", "face_to_face"] == "blocked"
    assert verdicts["delegations", "face_to_face"] == "conditional"
    assert verdicts["delegations", "proximity"] == "unknown"
    assert verdicts["delegations", "shuttle"] == "feasible"
    conditions = [c for p in told.positions for c in p.conditions]
    assert ("XK", True) in {(c.on_party, "northern crossing" in c.act) for c in conditions}


def test_every_quote_stands_in_the_text(told):
    for each in told.formats:
        for found in each.because:
            assert " ".join(TEXT[slice(*found.span)].split()).startswith(found.quote)


def test_the_json_has_the_shape_of_the_contract(told):
    found = as_document(told)
    assert {"on", "formats", "circular_waits", "recommended"} <= found.keys()
    first = found["formats"][0]
    assert {
        "level",
        "mode",
        "participants",
        "host",
        "verdict",
        "because",
        "unblock",
    } <= first.keys()
    assert {"actor", "stance", "quote", "document"} <= first["because"][0].keys()
    assert found["recommended"]["mode"] == "shuttle"


def test_it_is_told_in_lines_that_fit_a_terminal(told):
    lines = in_words(told).splitlines()
    assert max(map(len, lines)) <= 98
    assert lines[0] == "Talks between XK and XV on 2031-03-12"
    assert any("BLOCKED: leaders face to face" in line for line in lines)


@pytest.mark.shared
def test_the_article_that_the_project_starts_from_gives_its_whole_key(shared_dir):
    text = (shared_dir / "data/statements/seed-article.txt").read_text("utf-8")
    on = dt.date(2025, 2, 5)
    seed = Document(name="seed", published_on=on, text=text, reading=read_statement(text, on))
    assert {(p.actor.partition(".")[0], p.stance) for p in seed.reading.positions} == {
        *(("UA", stance) for stance in ("willing", "characterises", "legal_bar")),
        *(("RU", each) for each in ("willing", "rules_out", "dismisses", "contests_legitimacy")),
    }
    sides = sides_in([seed])
    table = talks_table(positions_in(seed, sides), sides, mediators_in([seed], sides), on=on)
    two, four = ("RU", "UA"), ("EU", "RU", "UA", "US")
    found = {(f.format.level, f.format.mode, f.format.participants): f for f in table.formats}
    leaders = found["leaders", "face_to_face", two]
    assert leaders.verdict == "blocked"
    assert {"rules_out", "legal_bar", "willing", "dismisses"} <= {p.stance for p in leaders.because}
    assert {act.by for act in leaders.unblock[0]} == {"RU", "UA"}
    assert any(c.on_party == "" for p in leaders.because for c in p.conditions)
    assert found["leaders", "face_to_face", four].verdict == "blocked"
    at_four = found["delegations", "face_to_face", four]
    assert at_four.verdict == "unknown"
    assert at_four.parties == {"EU": "unknown", "RU": "unknown", "UA": "feasible", "US": "unknown"}
    delegations = found["delegations", "face_to_face", two]
    assert delegations.parties == {"RU": "conditional", "UA": "unknown"}
    assert ["UA"] in [[act.by for act in acts] for acts in delegations.unblock]
    assert {found[level, "proximity", two].verdict for level in ("leaders", "delegations")} == {
        "unknown"
    }
    shuttle = found["delegations", "shuttle", two]
    assert (shuttle.verdict, shuttle.in_use, shuttle.format.host) == ("feasible", True, "AE")
    assert table.recommended == shuttle
    (circle,) = table.circular_waits
    stances = {p.stance for wait in circle for p in wait.because}
    assert {"precondition", "contests_legitimacy", "legal_bar"} <= stances
