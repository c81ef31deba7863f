"""The negotiation room in the browser: turn, lists line by line, offers, and what is done there."""

import os
import shutil
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.postgresql import copy_node
from tests.scenario import nodes as play
from tests.unit.ledger.keybook import key, sign

from homeward.ledger.key_documents import Officer, RootDocument, unsigned
from homeward.ledger.key_files import lock_key
from homeward.negotiation import offers as rules
from homeward.negotiation.entries import LINE_REASONS
from homeward.node import book, bundles, home
from homeward.node.actions import cases, keys, lines, offers
from homeward.node.actions.list_todo import Step
from homeward.node.actions.offers import Draft as OfferDraft
from homeward.node.models import Blob, Draft
from homeward.node.web import offer_acts, room_acts, steps

ROOM = "/cases/first/room"
LINES = "/cases/first/lines"
LINE = "/cases/first/line"
OFFER = "/cases/first/offer"
FILM = b"a film that somebody published"


@pytest.fixture(scope="module", name="stages")
def fixture_stages(tmp_path_factory):
    """Play to the answers, then to remarks, and keep the nodes as they were."""
    folder = tmp_path_factory.mktemp("room")
    world = play.begin(folder / "live")
    kept = {}
    world.do("AE", cases.open_case, play.terms() + "\n[timetable]\nanswers_days = 7\n")
    world.carry()
    kept["opened"] = world.copy(folder / "opened")
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.carry()
    kept["wanted"] = world.copy(folder / "wanted")
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    said = OfferDraft(to="UA", terms=play.terms("later", 5), note="a word <b>between</b> us")
    # It stands until a week from the day on which the pages are looked at.
    offers.make_offer(
        world.at("RU"), play.CASE, said, now=timezone.now(), entropy=lambda n: b"\x21" * n
    )
    world.carry()
    kept["answered"] = world.copy(folder / "answered")
    missed = lines.lines_of(
        world.at("RU"), play.CASE, "UA", asked_by_us=True, now=world.tick(), actor=play.ACTOR
    )
    for line, code in zip(missed, ("letter_received", "wrong_person"), strict=False):
        remark = lines.Remark(code=code, evidence=FILM if code == "letter_received" else b"")
        world.do("RU", lines.keep_line, play.CASE, "UA", "remarks", line.ref, remark)
    world.do("RU", lines.send_kept, play.CASE, "UA", "remarks", actor=play.ACTOR)
    world.carry()
    kept["remarked"] = world.copy(folder / "remarked")
    home.close_node()
    yield kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(stages, tmp_path):
    """Give a function that serves a party's node at a stage, and one that signs somebody in."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    def at(stage, party="UA"):
        home.close_node()
        node = home.reopen_node(copy_node(stages[stage].nodes[party], tmp_path / party))
        serve_node(node)
        cache.clear()
        passwords = {each.name: each.password for each in make_demo_accounts(node)}

        def sign_in(name):
            client = Client(SERVER_NAME="localhost")
            client.force_login(User.objects.get(username=name))
            client.post("/account/confirm", {"password": passwords[name]})
            return client

        return node, sign_in

    yield at
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def line_at(side, ref, path=LINE):
    return f"{path}?{urlencode({'party': 'RU', 'side': side, 'ref': ref})}"


def read(node, *, asked_by_us=True):
    return lines.lines_of(
        node, "first", "RU", asked_by_us=asked_by_us, now=timezone.now(), actor="x"
    )


def answered(node, code):
    return [line for line in read(node) if line.answer == code]


# -- the room --


def test_the_room_says_whose_turn_it_is_and_has_counts_and_no_names(at):
    node, sign_in = at("answered")
    for name in ("negotiator", "caseworker"):
        text = text_of(sign_in(name).get(ROOM))
        assert "Has the next move" in text
        assert not [secret for secret in play.secrets() if secret in text]
    shown = text_of(sign_in("caseworker").get(ROOM))
    assert "/cases/first/lines?party=RU&amp;side=asked&amp;code=not_held" in shown
    assert "/cases/first/lines" not in text_of(sign_in("negotiator").get(ROOM))
    assert "Negotiation room" in text_of(sign_in("negotiator").get("/cases/first"))
    assert node.party == "UA"


def test_a_mediator_sees_both_columns_and_no_line(at):
    _, sign_in = at("remarked", "AE")
    client = sign_in("mediator")
    text = text_of(client.get(ROOM))
    assert text.count('class="card end') == 3
    assert "there is evidence" not in text
    assert "a letter came" in text
    assert "/lines" not in text
    assert client.get(LINES).status_code == 404
    assert client.get(line_at("asked", "x")).status_code == 404


def test_what_is_not_yours_or_not_there_does_not_exist(at):
    _, sign_in = at("answered")
    for name, address in (
        ("auditor", ROOM),
        ("handover-officer", ROOM),
        ("negotiator", LINES),
        ("negotiator", LINE),
        ("caseworker", OFFER),
        ("caseworker", f"{OFFER}/accept?id={'21' * 16}"),
        ("negotiator", f"{ROOM}/remark?party=RU"),
        ("caseworker", f"{ROOM}/second"),
        ("caseworker", f"{ROOM}/lapse"),
        ("caseworker", f"{ROOM}/remark?party=AE"),
        ("caseworker", f"{LINES}?party=UA"),
        ("caseworker", f"{LINES}?party=RU&side=other"),
        ("caseworker", line_at("asked", "nobody")),
        ("caseworker", "/cases/none/room"),
        ("caseworker", "/cases/none/lines"),
        ("negotiator", "/cases/none/offer"),
        ("negotiator", "/cases/none/offer/accept"),
    ):
        if not User.objects.filter(username=name).exists():
            continue
        assert sign_in(name).get(address).status_code == 404, (name, address)


# -- lines --


def test_lines_are_shown_with_answers_and_filtered_by_code(at):
    node, sign_in = at("answered")
    client = sign_in("caseworker")
    missed, held = answered(node, "not_held"), answered(node, "held")
    assert missed
    assert held
    every = text_of(client.get(LINES))
    assert missed[0].name in every
    only = text_of(client.get(f"{LINES}?party=RU&code=not_held"))
    assert missed[0].ref in only
    assert held[0].ref not in only
    assert "No line is here" in text_of(client.get(f"{LINES}?party=RU&code=remarked"))
    assert text_of(client.get(f"{LINES}?party=RU&page=99")).count("<tr>") >= 2


def test_the_read_of_lines_is_written_down(at):
    from homeward.node.models import AccessLog

    _, sign_in = at("answered")
    before = AccessLog.objects.count()
    sign_in("caseworker").get(LINES)
    assert AccessLog.objects.count() > before


def test_remarks_are_kept_line_by_line_and_sent_at_once_with_their_evidence(at):
    node, sign_in = at("answered")
    client = sign_in("caseworker")
    missed, held = answered(node, "not_held")[0], answered(node, "held")[0]
    bare = client.post(line_at("asked", missed.ref), {"code": "video_published"})
    assert bare.status_code == 422
    assert "This remark needs a file as evidence." in text_of(bare)
    film = SimpleUploadedFile("a name in it.mp4", FILM)
    kept = client.post(
        line_at("asked", missed.ref), {"code": "video_published", "evidence": film}, follow=True
    )
    assert "Kept here, to be sent:" in text_of(kept)
    assert "a video was published" in text_of(kept)
    client.post(line_at("asked", held.ref), {"code": "wrong_person"})
    client.post(line_at("asked", held.ref), {"code": ""})
    assert not Draft.objects.filter(sequenced_at=None).exists(), (
        "nothing is signed before it is sent"
    )
    shown = text_of(client.get(f"{ROOM}/remark?party=RU"))
    assert "a video was published" in shown
    done = client.post(f"{ROOM}/remark?party=RU", follow=True)
    assert "The remarks are sent." in text_of(done)
    state = book.case_of(book.read_ahead(node), "first")
    assert state.remark_counts["UA", "RU"] == {"video_published": 1}
    assert not Blob.objects.filter(purpose__startswith="kept_").exists()
    assert not [b for b in Blob.objects.all() if FILM in bytes(b.data)]
    assert client.post(f"{ROOM}/remark?party=RU").status_code == 409
    assert client.get(line_at("asked", missed.ref)).status_code == 404


def test_sending_no_remark_says_so(at):
    _, sign_in = at("answered")
    answer = sign_in("caseworker").post(f"{ROOM}/remark?party=RU")
    assert answer.status_code == 422
    assert not Draft.objects.filter(sequenced_at=None).exists()


def test_a_reviewer_reads_lines_and_says_nothing_of_them(at):
    node, sign_in = at("answered")
    client = sign_in("reviewer")
    assert client.get(LINES).status_code == 200
    ref = answered(node, "not_held")[0].ref
    assert client.post(line_at("asked", ref), {"code": "wrong_person"}).status_code == 404


def test_every_remark_gets_a_reply_and_its_evidence_is_read_by_whoever_answered(at):
    node, sign_in = at("remarked")
    client = sign_in("caseworker")
    said = [line for line in read(node, asked_by_us=False) if line.remark]
    letter = next(line for line in said if line.evidence)
    evidence = client.get(line_at("answered", letter.ref, f"{LINE}/evidence"))
    assert evidence.content == FILM
    assert evidence["Content-Disposition"].startswith('attachment; filename="evidence-')
    other = next(line for line in said if not line.evidence)
    missing = client.get(line_at("answered", other.ref, f"{LINE}/evidence"))
    assert missing.status_code == 404
    alone = client.post(f"{ROOM}/reply?party=RU")
    assert alone.status_code == 422
    assert not Draft.objects.filter(sequenced_at=None).exists()
    bare = client.post(line_at("answered", letter.ref), {"code": "held", "held_ref": ""})
    assert bare.status_code == 422
    held = play.small_lists()["UA", "held"][0].ref
    client.post(line_at("answered", letter.ref), {"code": "held", "held_ref": held})
    done = client.post(f"{ROOM}/reply?party=RU", {"upheld": "on"}, follow=True)
    assert "The replies are sent." in text_of(done)
    state = book.case_of(book.read_ahead(node), "first")
    assert state.reply_counts["UA", "RU"] == {"held": 1, "upheld": 1}


def test_a_step_about_lines_or_offers_leads_to_the_page_that_does_it(at):
    node, sign_in = at("remarked")
    text = text_of(sign_in("caseworker").get("/"))
    assert 'href="/cases/first/lines?party=RU&amp;side=answered"' in text
    assert text.count("side=answered") == 1, "one row, and not one more for its sheet"
    assert "case lines" not in text
    assert "/cases/first/room#offers" in text_of(sign_in("negotiator").get("/"))
    for kind in ("case.lapse", "case.second", "case.remark", "case.offer"):
        row = steps.row_of(
            node, Step(kind=kind, command="x", why="", case="first", party="RU"), policy_roles()
        )
        assert row.address.startswith("/cases/first/"), kind


def policy_roles():
    from homeward.node.web.policy import ROLES

    return set(ROLES)


# -- lists that change, deadlines, officers --


def test_lines_are_withdrawn_and_a_list_replaced_with_their_pages(at):
    node, sign_in = at("wanted")
    client = sign_in("caseworker")
    ref = read(node)[0].ref
    wrong = client.post(
        f"{ROOM}/withdraw-line", {"kind": "wanted_list", "refs": "none", "reason": "duplicate"}
    )
    assert wrong.status_code == 422
    answer = client.post(
        f"{ROOM}/withdraw-line",
        {"kind": "wanted_list", "refs": f" {ref} ", "reason": "came_home"},
        follow=True,
    )
    assert "Lines withdrawn: 1." in text_of(answer)
    assert ref not in {line.ref for line in read(node)}
    done = client.post(f"{ROOM}/replace", {"kind": "wanted_list"}, follow=True)
    assert "The list as it is now stands in its place." in text_of(done)
    assert ref in {line.ref for line in read(node)}


def test_what_the_case_does_not_allow_is_told_as_such(at):
    _, sign_in = at("wanted")
    assert sign_in("caseworker").get(f"{ROOM}/reply?party=RU").status_code == 409
    assert sign_in("negotiator").get(f"{ROOM}/second").status_code == 409
    _, sign_in = at("answered", "AE")
    assert sign_in("mediator").get(f"{ROOM}/lapse").status_code == 409


def test_the_mediator_goes_on_without_what_is_overdue(at):
    node, sign_in = at("wanted", "AE")
    client = sign_in("mediator")
    room = text_of(client.get(ROOM))
    assert "Overdue since:" in room
    assert f'href="{ROOM}/lapse"' in room
    other = client.post(f"{ROOM}/lapse", {"step": "wanted_list RU"})
    assert other.status_code == 422
    done = client.post(f"{ROOM}/lapse", {"step": "answers RU"}, follow=True)
    assert "The case goes on without this part." in text_of(done)
    assert book.case_of(book.read_ahead(node), "first").lapsed == {("answers", "RU")}


def test_a_second_officer_confirms_with_a_key_file_that_is_not_kept(at):
    node, sign_in = at("opened")
    now = timezone.now()
    document = RootDocument(
        log="homeward/ae",
        party="UA",
        epoch=1,
        previous=None,
        threshold=2,
        roots=tuple(key(f"root {number}").public for number in (1, 2, 3)),
        officers=(
            *(Officer(role=r, public=public) for r, public in node.card.signing_keys.items()),
            Officer(role="bureau", public=key("anna").public),
        ),
        two_officers=("terms_signed",),
    )
    keys.record_document(node, sign(unsigned(document), "root 1", "root 3", "anna"), now=now)
    cases.sign_terms(node, "first", now=now)
    client = sign_in("negotiator")
    assert "waits for a second officer" in text_of(client.get(ROOM))
    assert "the signature under the terms" in text_of(client.get(f"{ROOM}/second"))
    words = "words of one holder alone"
    locked = lock_key(key("anna"), party="UA", use="bureau", passphrase=words, entropy=os.urandom)

    def confirm(data, passphrase):
        file = SimpleUploadedFile("anna.json", data)
        return client.post(f"{ROOM}/second", {"key": file, "passphrase": passphrase}, follow=True)

    for data, passphrase in ((locked, "other words of somebody"), (b"no key", words)):
        refused = confirm(data, passphrase)
        assert refused.status_code == 422
        assert "Expected the key file of an officer of UA" in text_of(refused)
        assert passphrase not in text_of(refused)
    assert len(book.waiting_entries(node)) == 1
    assert "Confirmed by the second officer: 1." in text_of(confirm(locked, words))
    assert not book.waiting_entries(node)
    kept = b"".join(path.read_bytes() for path in node.home.rglob("*") if path.is_file())
    assert locked not in kept
    assert key("anna").secret not in kept


def test_every_reason_and_every_state_has_its_words():
    assert set(room_acts.REASONS) == set(LINE_REASONS)
    assert set(offer_acts.STATES) == {"offered", *rules.STATES.values()}


# -- offers --


def test_an_offer_is_a_card_with_its_differences_and_its_note_is_set_apart(at):
    _, sign_in = at("answered")
    text = text_of(sign_in("negotiator").get(ROOM))
    assert "a word &lt;b&gt;between&lt;/b&gt; us" in text
    assert "Otherwise than the tabled terms" in text
    assert "waits for an answer" in text
    assert "a word" not in text_of(sign_in("caseworker").get(ROOM))


def test_a_counter_offer_changes_one_number_and_goes_with_the_next_bundle(at):
    node, sign_in = at("answered")
    client = sign_in("negotiator")
    first = "21" * 16
    address = f"{OFFER}?about={first}"
    shown = text_of(client.get(address))
    assert 'value="5"' in shown
    assert "This cannot be undone." not in shown
    form = fields_of(client.get(address))
    number = next(name for name, value in form.items() if name.startswith("number-"))
    done = client.post(address, {**form, number: "7", "note": "rather this"}, follow=True)
    assert "The offer is made." in text_of(done)
    assert not Draft.objects.filter(sequenced_at=None).exists(), "nothing is signed"
    heard = offers.offers_of(node, "first", now=timezone.now()).offers
    assert [each.state for each in heard] == ["countered", "offered"]
    assert "count = 7" in heard[1].message.terms
    assert b"rather this" not in bundles.export_bundle(node, "AE")
    own = heard[1].id
    assert client.post(f"{OFFER}/accept?id={own}").status_code == 409
    taken = client.post(f"{OFFER}/withdraw?id={own}", follow=True)
    assert "The offer is withdrawn." in text_of(taken)


class Fields(HTMLParser):
    """What a browser would send with the form of a page if nothing were changed."""

    def __init__(self, text):
        super().__init__()
        self.found, self.named = {}, ""
        self.feed(text.split('<form method="post"')[-1])

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") not in ("file", "checkbox", "hidden"):
            self.found[given["name"]] = given.get("value", "")
        elif tag in ("textarea", "select"):
            self.named = given["name"]
        elif tag == "option" and ("selected" in given or self.named not in self.found):
            self.found[self.named] = given["value"]

    def handle_endtag(self, tag):
        self.named = "" if tag in ("textarea", "select") else self.named

    def handle_data(self, data):
        if self.named in ("text", "note"):
            self.found[self.named] = self.found.get(self.named, "") + data


def fields_of(answer):
    return Fields(text_of(answer)).found


def test_numbers_and_another_text_at_once_are_refused(at):
    _, sign_in = at("answered")
    client = sign_in("negotiator")
    form = fields_of(client.get(OFFER))
    number = next(name for name in form if name.startswith("number-"))
    both = client.post(OFFER, {**form, number: "7", "text": play.terms("other"), "to": "RU"})
    assert both.status_code == 422
    assert "Expected changed numbers or another text, found both." in text_of(both)
    broken = client.post(OFFER, {**form, "text": "no agreement", "to": "RU"})
    assert broken.status_code == 422
    assert not Blob.objects.filter(purpose="offer", sender="UA").exists()


def test_an_accepted_offer_is_a_draft_and_the_mediator_tables_one(at):
    node, sign_in = at("answered")
    client = sign_in("negotiator")
    first = "21" * 16
    done = text_of(client.post(f"{OFFER}/accept?id={first}", follow=True))
    assert "The offer is accepted as a draft." in done
    assert f"/cases/first/offer?like={first}" in done
    form = fields_of(client.get(f"{OFFER}?like={first}"))
    client.post(f"{OFFER}?like={first}", {**form, "to": "AE"})
    data = bundles.export_bundle(node, "AE")
    mediator, sign_in = at("answered", "AE")
    bundles.import_bundle(mediator, data, now=timezone.now())
    client = sign_in("mediator")
    (offer,) = offers.offers_of(mediator, "first", now=timezone.now()).offers
    client.post(f"{OFFER}/accept?id={offer.id}")
    assert "Table it as a new case" in text_of(client.get(ROOM))
    checked = client.post("/cases/open", {"text": offer.message.terms}, follow=True)
    assert checked.redirect_chain == [("/cases/open?check=1", 302)]


def test_talks_before_a_case_have_a_room_and_what_neither_end_wrote_is_counted(at):
    node, sign_in = at("answered")
    draft = OfferDraft(to="RU", terms=play.terms("early"))
    offers.make_offer(node, "talks", draft, now=timezone.now(), entropy=lambda n: b"\x31" * n)
    text = text_of(sign_in("negotiator").get("/cases/talks/room"))
    assert "before there is a case" in text
    content = {"no": "offer"}
    offers.blobs.keep(
        node, case="talks", purpose="offer", key="c" * 64, content=content, now=timezone.now()
    )
    text = text_of(sign_in("negotiator").get("/cases/talks/room"))
    assert "neither end wrote it:" in text
