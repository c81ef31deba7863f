"""From the accepted plan to the public record, by pages: asking, counting, carrying, proving."""

import csv
import io
import re
import shutil
import zipfile

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from tests.postgresql import copy_node
from tests.scenario import nodes as play

from homeward.foundation.merkle import leaf_hash, verify_inclusion
from homeward.ledger.cosignature import open_cosigned
from homeward.node import access, book, bundles, home, jobs
from homeward.node.access import Reader
from homeward.node.actions import cases, handover
from homeward.records.model import HELD

CASE = play.CASE
OUR_LEG = "RU -> UA"  # those who go home to UA
PASSWORD = "one that nobody tries"
WITHHELD = 7


@pytest.fixture(scope="module", name="stages")
def fixture_stages(tmp_path_factory):
    """Play an exchange once; give the nodes of each stage, and of one that withholds."""
    folder = tmp_path_factory.mktemp("handover")
    world = play.begin(folder / "live")
    kept = {}

    def saved(stage):
        kept[stage] = world.copy(folder / stage)

    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    saved("accepted")
    play.hand_over(world, saved=saved)
    secret = play.begin(folder / "secret")
    text = play.terms(count=WITHHELD).replace('id = "number"', 'id = "number"\nwithhold = true')
    play.play_to_final_lists(secret, text=text)
    play.play_to_accepted(secret)
    play.hand_over(secret)
    home.close_node()
    kept["secret"] = secret
    yield kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(stages, tmp_path):
    """Give a function that serves a party's node as it stood, and makes browsers for it."""
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client

    from homeward.node.web.accounts import add_account
    from homeward.node.web.current import serve_node
    from homeward.node.web.policy import ROLES

    def at(stage, party):
        home.close_node()
        copy = copy_node(stages[stage].nodes[party], tmp_path / f"{stage}-{party}")
        node = home.reopen_node(copy)
        serve_node(node)
        cache.clear()
        for role in ROLES:
            add_account(node, name=role.replace(" ", "-"), roles=[role], password=PASSWORD)

        def browser(role=None):
            client = Client(SERVER_NAME="localhost")
            if role:
                client.force_login(User.objects.get(username=role.replace(" ", "-")))
                client.post("/account/confirm", {"password": PASSWORD})
            return client

        return node, browser

    yield at
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def address(act, leg=OUR_LEG):
    return f"/cases/{CASE}/handover/{act}?leg={leg.replace(' ', '+').replace('>', '%3E')}"


def fields(text, value):
    """Return a form in which everybody on the page has this answer."""
    return dict.fromkeys(re.findall(r'name="(a-[0-9a-f]{32})"', text), value)


def custody(node):
    from homeward.node.actions.handover import custody_of

    return custody_of(node, book.case_of(book.read_ahead(node), CASE)).captives


def on_leg(node, leg=OUR_LEG):
    return {i: c for i, c in custody(node).items() if str(c.leg) == leg}


# Asking


def test_the_interviewer_asks_checks_and_signs(at):
    node, browser = at("accepted", "AE")
    client = browser("mediator")
    page = text_of(client.get(address("interview")))
    form = fields(page, "yes")
    assert len(form) == play.MOVE_COUNT
    first, second, *_ = form
    answer = client.post(
        address("interview"), {first: "no", second: "open", "all": "yes", "do": "check"}
    )
    check = text_of(client.get(answer["Location"]))
    assert first.removeprefix("a-")[:8] in check, "who deviates is shown before it is signed"
    assert second.removeprefix("a-")[:8] in check
    assert "This cannot be undone." in check
    assert all(c.will is None for c in on_leg(node).values()), "nothing is signed yet"
    done = client.post(answer["Location"], follow=True)
    assert "Recorded in the ledger as no." in text_of(done)
    wills = sorted(str(c.will) for c in on_leg(node).values())
    assert wills == ["False", "None", *["True"] * (play.MOVE_COUNT - 2)]
    assert on_leg(node)[second.removeprefix("a-")].will is None, "not asked stays not asked"


def test_nobody_is_assumed_to_have_said_anything(at):
    node, browser = at("accepted", "AE")
    client = browser("mediator")
    form = fields(text_of(client.get(address("interview"))), "")
    answer = client.post(address("interview"), {**form, "do": "check"})
    assert answer.status_code == 422
    assert "Nobody is marked yet." in text_of(answer)
    one = next(iter(form))
    answer = client.post(address("interview"), {one: "yes", "do": "check"})
    client.post(answer["Location"])
    assert sum(c.will is not None for c in on_leg(node).values()) == 1


def test_a_filled_sheet_says_the_same(at):
    node, browser = at("accepted", "AE")
    client = browser("mediator")
    sheet = client.get(
        f"/cases/{CASE}/papers/sheet", {"leg": OUR_LEG, "for": "interview"}
    ).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert all(not row[1] for row in rows[1:]), "a mediator has no names"
    filled = "\n".join(",".join([*row[:3], "yes"]) for row in rows[1:])
    file = io.BytesIO(f"{','.join(rows[0])}\n{filled}\n".encode())
    file.name = "filled.csv"
    answer = client.post(address("interview"), {"sheet": file, "do": "check"})
    client.post(answer["Location"])
    assert all(c.will for c in on_leg(node).values())
    strange = io.BytesIO(b"captive,name,state,answer\n" + b"0" * 32 + b",,held,yes\n")
    strange.name = "strange.csv"
    leg = "UA -> RU"
    answer = client.post(address("interview", leg), {"sheet": strange, "do": "check"})
    assert (answer.status_code, "not asked now: 1" in text_of(answer)) == (422, True)


def test_at_the_crossing_everybody_is_here_or_missing(at):
    node, browser = at("departed", "UA")
    client = browser("handover officer")
    page = text_of(client.get(address("check-in")))
    names = fields(page, "yes")
    first, second, *_ = names
    answer = client.post(address("check-in"), {first: "yes", "do": "check"})
    assert answer.status_code == 422
    assert "Not marked yet: 7" in text_of(answer)
    answer = client.post(address("check-in"), {second: "no", "all": "yes", "do": "check"})
    check = text_of(client.get(answer["Location"]))
    assert second.removeprefix("a-")[:8] in check
    done = client.post(answer["Location"], follow=True)
    assert "Signed. It is carried to" in text_of(done)
    assert [i for i, c in on_leg(node).items() if c.is_missing] == [second.removeprefix("a-")]
    handover = text_of(done)
    assert "7 / 8" in handover
    assert "Missing:" in handover


def test_a_scanned_id_or_a_typed_name_marks_one_row_and_never_stands_in_an_address(at):
    _, browser = at("departed", "UA")
    client = browser("handover officer")
    page = text_of(client.get(address("check-in")))
    captive = next(iter(fields(page, ""))).removeprefix("a-")
    answer = client.post(address("check-in"), {"scan": captive, "do": "scan"}, follow=True)
    text = text_of(answer)
    assert "is here." in text
    assert "1 / 8" in text
    assert captive not in str(answer.redirect_chain)
    name = re.search(r"<strong><bdi>([^<]+)</bdi></strong> is here", text)[1]
    other = re.findall(r'class="person-name">([^<]+)</bdi>', text)[-1]
    assert name != other
    answer = client.post(
        address("check-in"), {f"a-{captive}": "yes", "scan": other, "do": "scan"}, follow=True
    )
    assert "2 / 8" in text_of(answer)
    assert not any(word in str(answer.redirect_chain) for word in other.split())
    answer = client.post(address("check-in"), {"scan": "nobody at all", "do": "scan"}, follow=True)
    assert "Nobody of this leg has that id or name." in text_of(answer)
    answer = client.post(address("check-in"), {"scan": "", "do": "scan"}, follow=True)
    assert "is here." not in text_of(answer), "an empty scan is nobody's"


# Whose act it is


def test_an_act_is_for_its_node_its_leg_and_its_role_alone(at):
    _, browser = at("departed", "UA")
    assert browser("handover officer").get(address("check-in")).status_code == 200
    assert browser("mediator").get(address("check-in")).status_code == 404
    assert browser("handover officer").get(address("check-in", "UA -> RU")).status_code == 404
    assert browser("handover officer").get(address("check-in", "XA -> XB")).status_code == 404
    assert browser("mediator").get(address("interview")).status_code == 404, "a bureau has none"
    assert browser("auditor").get(f"/cases/{CASE}/handover").status_code == 200
    assert browser("auditor").get(address("check-in")).status_code == 404


def test_names_are_for_the_handover_officers_of_the_two_sides(at):
    from homeward.node.models import AccessLog

    _, browser = at("departed", "UA")
    manifest = f"/cases/{CASE}/papers/manifest?leg=RU+-%3E+UA"
    before = AccessLog.objects.count()
    answer = browser("handover officer").get(manifest)
    assert answer.content.startswith(b"%PDF")
    assert AccessLog.objects.count() > before
    assert AccessLog.objects.latest("id").actor == "handover-officer"
    assert browser("mediator").get(manifest).status_code == 404
    _, browser = at("checked_in", "AE")
    page = text_of(browser("mediator").get(f"/cases/{CASE}/handover"))
    assert not [name for name in play.secrets() if name in page]


def test_a_case_goes_home_by_pages_alone(at):
    node, browser = at("manifested", "UA")
    officer = browser("handover officer")
    leg = "UA -> RU"
    assert "Let the people" in text_of(officer.get(f"/cases/{CASE}/handover"))
    check = text_of(officer.get(address("depart", leg)))
    assert "From here on the mediator answers for them." in check
    officer.post(address("depart", leg))
    assert all(c.state == "departed" for c in on_leg(node, leg).values())


def test_the_mediator_takes_people_off_and_records_a_stop(at):
    node, browser = at("checked_in", "AE")
    client, leg = browser("mediator"), "UA -> RU"
    page = text_of(client.get(address("stop", leg)))
    ids = re.findall(r'name="pick" value="([0-9a-f]{32})"', page)
    answer = client.post(address("stop", leg), {"pick": ids[0]})
    client.post(answer["Location"])
    found = on_leg(node, leg)
    assert [i for i, c in found.items() if c.stops_passed == 0] == [ids[0]]
    answer = client.post(address("withdraw", leg), {"reason": "died"})
    assert answer.status_code == 422, "nobody is chosen"
    answer = client.post(address("withdraw", leg), {"pick": ids[0], "reason": "because"})
    assert answer.status_code == 422, "no reason of one's own"
    answer = client.post(address("withdraw", leg), {"pick": ids[0], "reason": "died"})
    client.post(answer["Location"])
    assert on_leg(node, leg)[ids[0]].state == "died"


def test_a_reason_is_chosen_and_on_the_way_only_death_is_one(at):
    node, browser = at("accepted", "AE")
    page = text_of(browser("mediator").get(address("withdraw")))
    assert '<option value="">' in page
    assert " selected" not in page.split('name="reason"')[1].split("</select>")[0]
    assert "is not fit to travel" in page
    node, browser = at("checked_in", "AE")
    client = browser("mediator")
    page = text_of(client.get(address("withdraw")))
    assert "has died" in page
    assert "is not fit to travel" not in page
    someone = next(iter(on_leg(node, OUR_LEG)))
    refused = client.post(address("withdraw"), {"pick": someone, "reason": "unfit"})
    assert refused.status_code == 422
    assert "only if they died" in text_of(refused)


def test_a_case_with_people_on_the_way_is_neither_ended_nor_closed(at):
    _, browser = at("checked_in", "AE")
    client, end = browser("mediator"), f"/cases/{CASE}/do/end"
    page = text_of(client.get(f"/cases/{CASE}"))
    assert "A case can be ended when nobody is on the way." in page
    assert end not in page
    refused = client.get(end)
    assert refused.status_code == 409
    assert f'href="/cases/{CASE}"' in text_of(refused), "it leads back to the case"
    for act in (client.get, client.post):
        assert act(f"/cases/{CASE}/handover/close")["Location"] == f"/cases/{CASE}/handover"
    _, browser = at("accepted", "AE")
    assert end in text_of(browser("mediator").get(f"/cases/{CASE}"))


def test_the_pages_count_whom_a_list_would_bind_and_not_those_home(at):
    node, _ = at("closed", "UA")
    back, parties = cases.returned(node), ("RU", "UA")
    assert back
    reader = Reader(actor="test", purpose="test", now=timezone.now())
    bound = [p for p in access.people(node, HELD, reader=reader) if p.ref not in back]
    assert access.count(node, HELD, gone=back) == len(bound)
    depend = sum(p.power in parties for p in bound)
    assert access.count(node, HELD, powers=parties, gone=back) == depend


# Carrying


def test_a_bundle_is_carried_out_and_in_and_told_in_words(at):
    node, browser = at("accepted", "AE")
    out = browser("mediator").get("/carry/UA")
    assert re.search(r'filename="AE-to-UA-[0-9a-f]{16}\.hwb"', out["Content-Disposition"])
    assert browser("mediator").get("/carry/XX").status_code == 404
    assert browser("auditor").get("/carry/UA").status_code == 404
    node, browser = at("accepted", "UA")
    client = browser("caseworker")
    file = io.BytesIO(out.content)
    file.name = "bundle.hwb"
    answer = client.post("/carry/in", {"bundle": file})
    assert answer.status_code == 302
    inbox = list((node.home / "inbox").iterdir())
    assert len(inbox) == 1
    assert out.content[:20] not in inbox[0].read_bytes(), "an upload rests sealed once more"
    jobs.run_waiting(node, now=timezone.now)
    assert not list((node.home / "inbox").iterdir())
    page = text_of(client.get("/carry"))
    assert "The last bundle was from" in page
    assert "New entries:" in page


def test_a_changed_bundle_is_refused_and_kept_as_evidence(at):
    node, browser = at("accepted", "AE")
    data = play.opened(bundles.export_bundle(node, "UA"))
    node, browser = at("accepted", "UA")
    client = browser("caseworker")
    file = io.BytesIO(data.replace(b'"have":', b'"have":1', 1))
    file.name = "bundle.hwb"
    client.post("/carry/in", {"bundle": file})
    jobs.run_waiting(node, now=timezone.now)
    page = text_of(client.get("/carry"))
    assert "The last bundle was refused" in page
    assert "evidence/" in page
    assert len(list((node.home / "evidence").iterdir())) == 1
    assert client.post("/carry/in").status_code == 422


# The ledger


def test_an_entry_has_a_receipt_and_a_proof_that_holds(at):
    node, browser = at("closed", "UA")
    client, size = browser("auditor"), book.read_book(node).chain.tree.size
    page = text_of(client.get("/ledger/3"))
    assert "AE, RU, UA" in page
    proof = text_of(client.get("/ledger/3/proof"))
    entry = client.get("/ledger/3/entry").content
    head, note = proof.split("\n\n", 1)
    _, index, *path = head.split("\n")
    log = book.log_of(node)
    checkpoint = open_cosigned(note, log, log.name).checkpoint
    from homeward.foundation.crypto import unb64

    verify_inclusion(
        leaf_hash(entry),
        int(index.removeprefix("index ")),
        checkpoint.size,
        [unb64(line, what="path") for line in path],
        checkpoint.root,
    )
    assert client.get(f"/ledger/{size}").status_code == 404
    assert client.get(f"/ledger/{10**30}").status_code == 404
    assert browser().get("/ledger/3").status_code == 302


def test_the_last_entry_is_seen_by_whoever_has_it_alone(at):
    _, browser = at("closed", "UA")
    last = text_of(browser("auditor").get("/ledger")).split('class="number"><a href="')[1]
    page = text_of(browser("auditor").get(last.split('"')[0]))
    assert "AE, UA" in page
    assert "AE, RU, UA" not in page


def upload(client, data, **more):
    file = io.BytesIO(data)
    file.name = "ledger.zip"
    return client.post("/verify", {"ledger": file, **more})


def test_anybody_verifies_a_ledger_by_uploading_it(at):
    node, browser = at("closed", "AE")
    data = browser("auditor").get("/ledger/export").content
    client, vkey = browser(), book.log_of(node).vkey
    assert "the key of the log that this node follows" in text_of(upload(client, data))
    assert "the key that you typed in" in text_of(upload(client, data, vkey=vkey))
    node, browser = at("accepted", "AE")
    shorter = browser("auditor").get("/ledger/export").content
    assert shorter != data
    assert "This ledger holds" in text_of(upload(browser(), shorter))


def rezipped(data, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            for path, content in change(name, old.read(name)):
                new.writestr(path, content)
    return out.getvalue()


def flipped(name, content):
    if "tile/entries" in name:
        content = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    yield name, content


def with_stranger(name, content):
    yield name, content
    if name.endswith("vkey"):
        yield "ledger/stranger", b"x"


@pytest.mark.parametrize("change", [flipped, with_stranger])
def test_a_changed_ledger_does_not_hold(at, change):
    _, browser = at("closed", "AE")
    data = browser("auditor").get("/ledger/export").content
    answer = upload(browser(), rezipped(data, change))
    assert answer.status_code == 409
    assert "This file does not hold" in text_of(answer)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ledger/checkpoint", bytes(40 << 20))
    return out.getvalue()


def many():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"ledger/{number}", b"")
    return out.getvalue()


@pytest.mark.parametrize("data", [b"no zip", bomb(), many(), b"PK\x05\x06" + bytes(18)])
def test_an_upload_that_is_no_ledger_is_refused_within_limits(at, data):
    _, browser = at("closed", "AE")
    answer = upload(browser(), data)
    assert answer.status_code == 422
    assert "This could not be checked" in text_of(answer)


def test_an_upload_that_is_too_large_is_not_even_kept(at):
    _, browser = at("closed", "AE")
    answer = upload(browser(), bytes((8 << 20) + 1))
    assert (answer.status_code, "found none" in text_of(answer)) == (422, True)


def test_the_form_of_a_stranger_page_is_refused(at):
    from django.test import Client

    at("closed", "AE")
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert upload(client, b"x").status_code == 403


# The public record

PUBLIC = ("/public", f"/public/{CASE}", f"/public/{CASE}.json", f"/public/{CASE}.csv")


@pytest.mark.parametrize("party", ["AE", "UA"])
def test_anybody_reads_how_many_are_home_without_a_name(at, party):
    _, browser = at("closed", party)
    answers = [browser().get(path) for path in PUBLIC]
    assert [answer.status_code for answer in answers] == [200] * 4
    page, document = text_of(answers[1]), answers[2].json()
    assert "people are home" in page
    assert "<svg" in page
    assert "<title" in page
    home_rows = [row for row in document["rows"] if row["measure"] == "home"]
    assert [row["people"] for row in home_rows] == ["8", "8"]
    assert document["simulation"] is True
    rows = list(csv.reader(io.StringIO(text_of(answers[3]))))
    assert all(tag.startswith("#") for tag in rows[1])
    assert all("SIMULATION" in row[-1] for row in rows[2:])
    shown = "".join(map(text_of, answers))
    assert not [name for name in play.secrets() if name in shown]


def test_nobody_is_told_when_people_move_while_they_do(at):
    _, browser = at("departed", "UA")
    shown = "".join(text_of(browser().get(path)) for path in PUBLIC)
    assert "2025-02" not in shown
    assert "5 Feb" not in shown


def test_what_was_not_accepted_is_not_public(at):
    node, browser = at("accepted", "UA")
    assert browser().get("/public/no-such-case").status_code == 404
    from homeward.node.actions.record import public_cases

    assert public_cases(node) == [CASE]


@pytest.mark.parametrize("party", ["AE", "UA"])
def test_no_number_that_the_terms_withhold_is_in_any_public_byte(at, party):
    node, browser = at("secret", party)
    verifier = book.log_of(node)
    from homeward.node.models import LogHead

    checkpoint = LogHead.objects.get(origin=verifier.name).checkpoint
    for path in PUBLIC:
        answer = browser().get(path)
        assert answer.status_code == 200
        text = text_of(answer)
        if path.endswith(".json"):
            document = answer.json()
            assert (document.pop("checkpoint"), document.pop("vkey")) == (checkpoint, verifier.vkey)
            assert (document["rows"], document["stages"]) == ([], [])
            text = str(document)
        text = re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
        text = re.sub(
            r"<(head|header|nav).*?</\1>|<(main|a|h\d)[^>]*>|</?h\d>", "", text, flags=re.DOTALL
        )
        assert not re.search(r"\d", text), f"{path}: a number is public"


def test_a_small_number_of_those_who_stayed_is_not_told_by_subtraction():
    from homeward.node.actions.record import _agreed

    assert _agreed(150, 148) == "149\u2013152"
    assert _agreed(150, 150) == 150
    assert _agreed(150, 0) == 150
    assert _agreed(3, 0) == "1\u20134"
    # Home is "1-4" there: a range that begins after it would give it away.
    assert _agreed(6, 3) == 6


@pytest.fixture(name="gated")
def fixture_gated(tmp_path):
    """Serve the home party of a case whose gate it confirms."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    world = play.begin(tmp_path / "gated")
    gate = (
        '[[clause]]\nid = "papers"\nkind = "gate"\nbefore = "phase 1"\n'
        'until = "the papers have come"\nconfirmed_by = "UA"\n\n[[objective]]'
    )
    play.play_to_final_lists(world, text=play.terms().replace("[[objective]]", gate, 1))
    play.play_to_accepted(world)
    play.ask_before(world, play.planned(world))
    node = world.at("UA")
    serve_node(node)
    yield node, {each.name: each.password for each in make_demo_accounts(node)}
    home.close_node()


def test_the_confirming_sides_officer_opens_a_gate_on_its_page(gated):
    node, passwords = gated
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="handover-officer"))
    client.post("/account/confirm", {"password": passwords["handover-officer"]})
    page = client.get("/cases/first/handover").content.decode()
    assert "the papers have come" in page
    assert "closed</span>" in page
    assert "/handover/depart" not in page, "nobody is let go before"
    deed = "/cases/first/handover/confirm"
    assert deed in page
    assert client.post(deed, {}).status_code == 422, "what has happened is chosen"
    assert client.post(deed, {"gate": "number"}).status_code == 422
    done = client.post(deed, {"gate": "papers"}, follow=True).content.decode()
    assert "The gate is confirmed." in done
    assert "confirmed</span>" in done
    assert "/handover/depart" in done
    assert client.get(deed).status_code == 302, "there is nothing left to confirm"
    (gate,) = handover.gates_of(node, "first")
    assert gate.is_confirmed
