"""UA has a node, RU sends paper: a whole exchange, and what the mediator may not do with it."""

import csv
import io
import shutil

import pytest
from tests.scenario import nodes as play
from tests.unit.ledger.keybook import key, sign

from homeward.foundation.errors import InputError, PeerError, TurnError
from homeward.ledger.key_documents import Officer, RootDocument, unsigned
from homeward.negotiation.on_paper import unsigned_of
from homeward.node import book, home
from homeward.node.actions import cases, handover, keys, paper, paper_forms, peers, plans, report
from homeward.node.actions.line_sheets import write_lines
from homeward.node.actions.overview import overview
from homeward.node.actions.paper import Said, Sheet
from homeward.node.actions.record import public_record
from homeward.node.actions.sheets import write_sheet

CASE = play.CASE
LEGS = play.LEGS
SCAN = b"%PDF a scan with a signature, invented"
THROWS = write_lines(
    ("ref", "number"), [{"ref": str(n), "number": str(1 + n % 6)} for n in range(60)]
)


def terms():
    head, _, rest = play.terms().partition('[[clause]]\nid = "not-these"')
    text = head + rest[rest.index("[[clause]]") :]
    return text.replace('article_109 = "counted"', 'article_109 = "counted"\non_paper = ["RU"]')


def second_officer(world):
    """Give the mediator a second officer, by its roots."""
    officers = [Officer(role=r, public=p) for r, p in world.at("AE").card.signing_keys.items()]
    document = unsigned(
        RootDocument(
            log="homeward/ae",
            party="AE",
            epoch=1,
            previous=None,
            threshold=1,
            roots=(key("root 1").public,),
            officers=(*officers, Officer(role="mediator", public=key("second").public)),
            two_officers=(),
        )
    )
    world.do("AE", keys.record_document, sign(document, "root 1", "second"))


def enter(world, step, data=b"", throws=b"", party="RU", **said):
    sheet = Sheet(data=data, file="sheet.csv", throws=throws, scans=(SCAN,), received_at=world.now)
    return world.do(
        "AE", paper.enter, CASE, party, Said(step=step, **said), sheet, actor=play.ACTOR
    )


def form(world, name, about=""):
    found = world.do("AE", paper_forms.form_of, CASE, "RU", name, about=about, actor=play.ACTOR)
    return found.columns, [dict(row) for row in found.rows]


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path / "live", parties=("UA", "AE"))
    world.do("AE", cases.open_case, terms())
    second_officer(world)
    world.carry()
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def to_seeded(world):
    world.do("UA", cases.sign_terms, CASE)
    world.carry()
    enter(world, "sign")
    world.carry()
    world.do("UA", cases.send_wanted, CASE, actor=play.ACTOR)
    world.carry()
    wanted = play.list_files()["RU", "wanted"]
    assert enter(world, "wanted", wanted) == len(play.small_lists()["RU", "wanted"])
    world.carry()
    world.do("UA", cases.answer, CASE, actor=play.ACTOR)
    world.carry()
    columns, rows = form(world, "answer", "UA")
    assert all(row["name"] for row in rows)
    for row in rows:
        row["answer"] = "not_held"
    rows[0] |= {"answer": "held", "held_ref": play.small_lists()["RU", "held"][0].ref}
    enter(world, "answer", write_lines(columns, rows))
    world.carry()
    world.do("UA", cases.send_final_list, CASE, actor=play.ACTOR)
    world.carry()
    enter(world, "final", play.list_files()["RU", "held"], THROWS)
    world.carry()
    world.do("UA", cases.reveal_seed, CASE)
    world.carry()
    enter(world, "reveal", throws=THROWS)
    world.carry()


def to_accepted(world):
    world.do("AE", plans.propose_plan, CASE)
    world.carry()
    findings = tuple(world.look("AE", plans.findings_in, CASE))
    world.do("UA", plans.accept_plan, CASE, acknowledge=findings, actor=play.ACTOR)
    world.carry()
    _, rows = form(world, "accept")
    assert len(rows) == play.MOVE_COUNT
    assert {row["ref"] for row in rows} <= {p.ref for p in play.small_lists()["RU", "held"]}
    return enter(world, "accept", acknowledge=findings)


def test_an_exchange_with_a_side_on_paper_brings_everybody_home_and_stays_marked(world):
    to_seeded(world)
    assert world.state("UA").state == "seeded"
    to_accepted(world)
    state = world.state("AE")
    assert (state.state, sorted(state.accepted)) == ("proposed", ["UA"])
    sent = world.export("AE", "UA")
    assert [b["purpose"] for b in play.read(sent)["blobs"] if b["purpose"] == "identities"] == []
    world.give("UA", sent)
    own = world.at("AE").keys.signing["mediator"]
    with pytest.raises(TurnError) as caught:
        world.do("AE", keys.confirm, CASE, signer=own)
    assert caught.value.code == "case.same_officer"
    assert world.do("AE", keys.confirm, CASE, signer=key("second")) == 1
    world.carry()
    assert {world.state(party).state for party in ("UA", "AE")} == {"accepted"}
    legs = play.planned(world)
    play.ask_before(world, legs)
    world.do("UA", handover.depart, CASE, "UA -> RU")
    enter(world, "depart", leg="RU -> UA")
    world.carry()
    world.do("UA", handover.check_in, CASE, "RU -> UA", present=legs["RU -> UA"])
    _, rows = form(world, "check-in", "UA -> RU")
    assert all(row["name"] for row in rows)
    sheet = write_sheet((row["captive"], row["name"], row["state"]) for row in rows)
    filled = sheet.replace(b"departed,", b"departed,yes")
    enter(world, "check-in", filled, leg="UA -> RU")
    world.carry()
    play.stop(world)
    for leg in LEGS:
        play.ask_again(world, leg, legs[leg])
    world.carry()
    world.do("UA", handover.receive, CASE, "RU -> UA")
    world.do("UA", handover.confirm_release, CASE, "UA -> RU")
    enter(world, "receive", leg="UA -> RU")
    assert enter(world, "released", leg="RU -> UA") == play.MOVE_COUNT
    world.carry()
    totals = world.do("AE", handover.close_case, CASE)
    world.carry()
    assert sum(totals.values()) == 2 * play.MOVE_COUNT
    for party in ("UA", "AE"):
        state = world.state(party)
        assert state.state == "closed"
        assert unsigned_of(state, "UA") == ()
        assert {"plan_accepted", "departed", "checked_in", "received", "released"} <= set(
            unsigned_of(state, "RU")
        )
        record = world.look(party, public_record, CASE)
        assert record.on_paper == ("RU",)
    assert world.do("UA", report.manifest_of, CASE, "RU -> UA", actor=play.ACTOR)
    log = b"".join(world.log("UA"))
    assert not [name for name in play.secrets() if name.encode() in log]


def test_the_seed_is_made_of_the_throws_on_the_sheet(world):
    to_seeded(world)
    state = world.state("UA")
    throws = "".join(
        row["number"] for row in csv.DictReader(io.StringIO(THROWS.decode("utf-8-sig")))
    )
    assert state.nonces["RU"] == paper.seed_half(CASE, "RU", throws)
    assert len(state.nonces) == 2


def test_a_mediator_enters_nothing_for_a_side_that_has_a_node(world):
    with pytest.raises(TurnError) as caught:
        enter(world, "sign", party="UA")
    assert caught.value.code == "paper.party"
    body = {
        "party": "UA",
        "type": "terms_signed",
        "body": {"terms_sha256": world.state("AE").terms_sha256},
        "sheets": ["0" * 64],
        "received_at": "2025-02-05T08:00:00Z",
    }
    play.forge(world, "AE", "received_unsigned", body, role="mediator")
    with pytest.raises(PeerError) as caught:
        world.send("AE", "UA")
    assert caught.value.code == "case.not_on_paper"
    assert len(world.evidence("UA")) == 1


def test_nothing_is_entered_twice(world):
    enter(world, "sign")
    with pytest.raises(TurnError) as caught:
        enter(world, "sign")
    assert caught.value.code == "case.twice"


def test_once_the_side_has_a_node_it_signs_itself_and_the_mediator_enters_nothing(world):
    home.close_node()
    world.nodes["RU"] = home.init_node(
        world.folder / "ru",
        party="RU",
        role="bureau",
        name="Office of RU (SIMULATION)",
        passphrase=play.PASSPHRASE,
        now=play.START,
        entropy=play.seeded("scenario|RU"),
        simulation=True,
    )
    card = world.nodes["RU"].card.data
    for party in ("UA", "AE"):
        world.do(party, peers.add_card, card)
        world.do("RU", peers.add_card, world.nodes[party].card.data)
    member = book.member_of(world.nodes["RU"].card)
    world.at("AE")
    book.record(
        world.nodes["AE"], case="log", type="member_joined", body=member, role="mediator",
        now=world.tick(),
    )  # fmt: skip
    with pytest.raises(TurnError) as caught:
        enter(world, "sign")
    assert caught.value.code == "paper.has_node"
    world.send("AE", "RU")
    world.do("RU", cases.sign_terms, CASE)
    world.send("RU", "AE")
    assert world.state("AE").signed == {"RU"}
    assert unsigned_of(world.state("AE"), "RU") == ()
    body = {
        "party": "RU",
        "type": "wanted_list",
        "body": {"to": "UA", "count": 0, "root": "0" * 64},
        "sheets": ["0" * 64],
        "received_at": "2025-02-05T08:00:00Z",
    }
    world.do("UA", cases.sign_terms, CASE)
    world.send("UA", "AE")
    play.forge(world, "AE", "received_unsigned", body, role="mediator")
    with pytest.raises(PeerError) as caught:
        world.send("AE", "UA")
    assert caught.value.code == "paper.has_node"


def test_a_sheet_is_read_as_a_whole_or_not_at_all(world):
    world.do("UA", cases.sign_terms, CASE)
    world.carry()
    enter(world, "sign")
    world.carry()
    world.do("UA", cases.send_wanted, CASE, actor=play.ACTOR)
    world.carry()
    broken = play.list_files()["RU", "wanted"].replace(b",pow,", b",prisoner?,", 1)
    with play.nothing_changes(world, "AE"), pytest.raises(InputError) as caught:
        enter(world, "wanted", broken)
    assert caught.value.code == "paper.list"
    with pytest.raises(InputError) as caught:
        enter(world, "wanted")
    assert caught.value.code == "paper.no_sheet"
    empty = Sheet(received_at=world.now)
    with pytest.raises(InputError) as caught:
        world.do("AE", paper.enter, CASE, "RU", Said(step="sign"), empty, actor=play.ACTOR)
    assert caught.value.code == "paper.nothing"


def test_the_mediator_is_told_what_to_enter(world):
    steps = [each for each in world.look("AE", overview).steps if each.kind == "case.paper"]
    assert [(each.party, each.command) for each in steps] == [
        ("RU", f"case paper {CASE} --party RU --step sign --scan SCAN")
    ]
    enter(world, "sign")
    steps = world.look("AE", overview).steps
    assert "case.paper" not in {each.kind for each in steps}
