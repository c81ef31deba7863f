"""Every page in a browser: no barrier, no refused file, no sideways scrolling; pictures to look at.

Nothing is listed by hand but what the records of a node are: an address that is added is
tried. A bureau and the mediator of one world are served, and a folder without a node. With
HOMEWARD_PICTURES=FOLDER a picture of every page is kept there.
"""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.utils import timezone
from tests.e2e.barriers import barriers
from tests.scenario import nodes as play
from tests.scenario import pairs
from tests.web.looked_through import looked_through
from tests.web.test_every_page import EVERY, address_of
from tests.web.test_imports import MEANT, TITLES, odd_rows, table
from tests.web.told import told

from homeward.node import book, home, jobs
from homeward.node.actions import disclosure, lines, offers, paper, uploads
from homeward.node.models import CaptiveLink, Person, Proposal
from homeward.node.settings import LANGUAGES
from homeward.node.web.accounts import add_account
from homeward.node.web.policy import EVERYBODY, POLICY, ROLES
from homeward.node.web.tokens import make_token

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

NARROW, WIDE = 360, 1440
WIDE_LANGUAGES = ("en", "ar")
PICTURES = os.environ.get("HOMEWARD_PICTURES", "")

ACCOUNT, PASSWORD = "everything", "one that nobody tries"
PROPOSED, TABLED, ANSWERED, ON_PAPER = "second", "third", "fourth", "fifth"
CASE_OF = {"sign": TABLED, **dict.fromkeys(("abort", "end", "accept", "reject"), PROPOSED)}
LEG_OF = {"turn-back": "UA -> RU", "stop": "UA -> RU", "last-stop": "UA -> RU"}
MEDIATED = (
    "home",
    "case",
    "room",
    "offers",
    "plan",
    "why",
    "handover",
    "papers",
    "carry",
    "notices",
    "statements",
)
NOWHERE = "/no-such-page"
SIDE = f"/cases/{ON_PAPER}/paper/XB"
MORE_MEDIATED = (f"/cases/{ON_PAPER}", SIDE, f"{SIDE}/enter/wanted")
MORE = (
    "/people/held?status=nobody",
    "/people/wanted",
    "/jobs/failed",
    "/imports/1",
    f"/cases/{PROPOSED}",
    f"/cases/{TABLED}",
    f"/cases/{TABLED}/room",
    "/cases/first/lines?side=answered",
    f"/cases/{ANSWERED}/lines?code=not_held",
    f"/cases/{ANSWERED}/room/remark?party=RU",
    f"/cases/{ANSWERED}/lines/filled?party=RU",
    f"/cases/{ANSWERED}/notices",
    f"/cases/{ANSWERED}/notices/tell?to=RU",
    f"/cases/{PROPOSED}/plan",
    "/history?from=2024&differing=1",
    "/history/2024-12-30",
    NOWHERE,
)
DARK = ("/", "/cases", "/cases/first", "/cases/first/plan", "/cases/first/handover", "/people/held")
DARK += (
    f"/cases/{ANSWERED}/room",
    f"/cases/{ANSWERED}/lines",
    "/history",
    "/history/2024-12-30",
    "/imports",
    "/jobs/failed",
    "/accounts",
    "/parties",
    "/design",
    "/verify",
    "/ledger/1",
)


@dataclasses.dataclass(kw_only=True)
class Served:
    """A node that is served: its address, and the paths to try, each with its row of the policy."""

    address: str
    tried: dict
    code: str = ""


@pytest.fixture(scope="module", name="served")
def fixture_served(tmp_path_factory):
    """Serve a bureau, the mediator and a folder without a node with `homeward serve`."""
    folder = tmp_path_factory.mktemp("e2e")
    world = play.begin(folder)
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    play.ask_before(world, play.planned(world))
    play.depart(world)
    play.play_to_final_lists(world, PROPOSED, play.terms(PROPOSED))
    world.do("AE", play.plans.propose_plan, PROPOSED, lists=play.blocked(world, PROPOSED))
    world.do("AE", play.cases.open_case, play.terms(TABLED))
    world.carry()
    _play_to_answers(world)
    _play_on_paper(world)
    tried = {party: _tried(world.at(party)) for party in ("UA", "AE")}
    home.close_node()
    with contextlib.ExitStack() as ending:
        found = {}
        for name in (*tried, "new"):
            node = world.nodes[name].home if name in tried else folder / "new"
            port = _free_port()
            found[name] = Served(
                address=f"http://127.0.0.1:{port}", tried=tried.get(name) or _first_run()
            )
            log = ending.enter_context((folder / f"{name}.log").open("w+b"))
            command = [sys.executable, "-m", "homeward", "serve", "--port", str(port)]
            server = ending.enter_context(
                subprocess.Popen([*command, "--home", node], stdout=log, stderr=log)
            )
            ending.callback(server.terminate)
        for name, each in found.items():
            _wait_for(each.address + "/verify", server)
            said = (folder / f"{name}.log").read_text()
            each.code = "".join(re.findall(r"\?code=(\S+)", said))
        yield found
    assert not [log for log in folder.glob("*.log") if "Traceback" in log.read_text()]


def _play_to_answers(world):
    """Play a case to its answers, with an offer and a remark that is kept to be sent."""
    world.do("AE", play.cases.open_case, play.terms(ANSWERED))
    world.carry()
    for act, more in (
        (play.cases.sign_terms, {}),
        (play.cases.send_wanted, {"actor": play.ACTOR}),
        (play.cases.answer, {"actor": play.ACTOR}),
    ):
        world.both(act, ANSWERED, **more)
        world.carry()
    said = offers.Draft(to="UA", terms=play.terms(ANSWERED, 5), note="Fewer at first.")
    drawn = {"now": timezone.now(), "entropy": os.urandom}
    offers.make_offer(world.at("RU"), ANSWERED, said, **drawn)
    world.carry()
    remark = lines.Remark(code="wrong_person")
    ref = _missed(world.at("UA"))
    world.do("UA", lines.keep_line, ANSWERED, "RU", "remarks", ref, remark)


def _play_on_paper(world):
    """Open a case with a side on paper, whose signature is entered."""
    text = play.terms(ON_PAPER).replace("RU", "XB")
    head, _, rest = text.partition('[[clause]]\nid = "not-these"')
    text = head + rest[rest.index("[[clause]]") :]
    on_paper = 'article_109 = "counted"\non_paper = ["XB"]'
    world.do("AE", play.cases.open_case, text.replace('article_109 = "counted"', on_paper))
    world.carry()
    world.do("UA", play.cases.sign_terms, ON_PAPER)
    world.carry()
    came = paper.Sheet(scans=(b"a scan",), received_at=world.now)
    signed = paper.Said(step="sign")
    world.do("AE", paper.enter, ON_PAPER, "XB", signed, came, actor=ACCOUNT)
    world.carry()


def _missed(node):
    found = lines.lines_of(
        node, ANSWERED, "RU", asked_by_us=True, now=timezone.now(), actor=ACCOUNT
    )
    return next(line.ref for line in found if line.answer != "held")


def _tried(node):
    """Bring a node into a state that has something on every page; return its addresses."""
    now = timezone.now()
    if node.about.role == "bureau":
        taken = jobs.ask(
            node, "list.check", {"import_id": _upload(node, now)}, actor=ACCOUNT, now=now, id="done"
        )
        jobs.ask(node, "list.undo", {"import_id": 901}, actor=ACCOUNT, now=now, id="failed")
        jobs.run_waiting(node, now=lambda: now)
        assert jobs.Job.objects.get(id=taken.id).state == "done"
    # The first account is another's: nobody changes their own.
    add_account(node, name="colleague", roles=["auditor"], password=PASSWORD, one_time=True)
    add_account(node, name=ACCOUNT, roles=list(ROLES), password=PASSWORD)
    small = disclosure.Look(act="small_counts", case=play.CASE)
    disclosure.ask(node, small, actor="colleague", now=now)
    make_token(node, account=ACCOUNT, name="a program", now=now)
    places = [{"party": party, "role": "bureau", "address": "http://127.0.0.1/"} for party in "AB"]
    (node.home / "addresses.json").write_text(json.dumps(places))
    person, link = Person.objects.filter(kind="held").first(), CaptiveLink.objects.first()
    records = {
        "kind": "held",
        "ref": person.ref if person else "none",
        "captive": link.captive_id if link else _captive(node),
        "import_id": _import_id() if person else 1,
        "list_id": looked_through(node) if person else 1,
        "job_id": "done",
        "party": "AE" if node.party == "UA" else "UA",
        "number": 1,
        "pk": 1,
        "pair": _pair(node, now),
        "exchange": "2025-02-05",
        "file": "0123456789abcdef.json",
        "text_id": told(node),
        "key": "history:2025-02-05",
    }
    tried = {}
    for name, page, chosen in EVERY:
        act = chosen.get("act") or ""
        case = CASE_OF.get(act, play.CASE) if name == "case-act" else play.CASE
        if name.startswith(("room", "offer")):
            case = ANSWERED
        acts = ("roles", "switch", "password", "factor") if chosen.get("act", "") is None else ("",)
        for each in acts:
            where = address_of(name, chosen, {**records, "case": case, "act": each})
            if act in LEG_OF:
                where = where.replace("RU+-%3E+UA", "UA+-%3E+RU")
            tried[where] = page
    if node.about.role == "mediator":  # what is not its own looks as at the bureau
        mediated = {path: page for path, page in tried.items() if page.startswith(MEDIATED)}
        return mediated | dict.fromkeys(MORE_MEDIATED, "home")
    line = f"/cases/{ANSWERED}/line?party=RU&ref={_missed(node)}"
    return tried | dict.fromkeys((*MORE, line), "home")


def _import_id():
    return uploads.ListImport.objects.exclude(source=uploads.THEIRS).latest("pk").pk


def _captive(node):
    plan, _ = play.plans.plan_of(node, book.case_of(book.read_ahead(node), play.CASE))
    return min(min(ids) for ids in play.plans.planned_of(plan).values())


def _pair(node, now):
    """Compare the lists of a case and of a list of ours; return a pair."""
    if node.about.role != "bureau":
        return "none"
    pairs.compare(node, case=PROPOSED, now=now)
    return Proposal.objects.order_by("distance").first().id


def _upload(node, now):
    data = table(odd_rows(), TITLES)
    at = uploads.take_upload(
        node, kind="held", data=data, file_name="list.csv", now=now, actor=ACCOUNT
    )
    uploads.set_columns(node, at, dict(zip(TITLES, MEANT, strict=True)))
    return at


def _first_run():
    return {
        address_of(name, chosen, {}): page for name, page, chosen in EVERY if page == "first-run"
    }


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(address, server):
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module", name="chromium")
def fixture_chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One browser window at a node, in one language."""

    def __init__(self, chromium, served, language, scheme="light"):
        self.served, self.language, self.scheme = served, language, scheme
        self.view = chromium.new_context(
            viewport={"width": NARROW, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.view.add_cookies(
            [{"name": "django_language", "value": language, "url": served.address}]
        )
        self.page = self.view.new_page()
        self.said = []
        self.page.on("console", lambda message: self.said.append(message.text))

    def sign_in(self):
        if self.served.code:
            self.page.goto(f"{self.served.address}/first-run?code={self.served.code}")
            return
        self.page.goto(f"{self.served.address}/sign-in")
        self.page.fill("#id_login", ACCOUNT)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main form button")
        playwright.expect(self.page.locator(".menu")).to_be_visible()

    def pages(self, tried):
        """Return the addresses that are pages here, each once, wherever others lead to it."""
        found = {}
        for path in tried:
            answer = self.view.request.get(self.served.address + path)
            is_html = answer.headers.get("content-type", "").startswith("text/html")
            is_here = answer.status not in (404, 405) or path == NOWHERE
            if is_html and is_here and "<html" in answer.text():
                asks = "/account/confirm?" in answer.url
                where = path if asks else answer.url.removeprefix(self.served.address)
                found[where] = None
        return list(found)

    def look(self, path):
        """Go to a page; return what is wrong with it."""
        self.page.set_viewport_size({"width": NARROW, "height": 800})
        self.page.goto(self.served.address + path)
        if "/account/confirm?" in self.page.url:
            self.page.fill("#id_password", PASSWORD)
            self.page.click("main form button")
        return self.barriers_at(path)

    def barriers_at(self, path):
        """Return what is wrong with the page that is open, called by a path."""
        wrong = []
        for width in (NARROW, WIDE) if self.language in WIDE_LANGUAGES else (NARROW,):
            self.page.set_viewport_size({"width": width, "height": 900})
            self._picture(path, width)
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((path, width, "scrolls sideways"))
            wrong += [(path, width, *each) for each in barriers(self.page)]
        return wrong

    def _picture(self, path, width):
        if PICTURES:
            name = re.sub(r"\W+", "-", path.strip("/")) or "home"
            port = self.served.address[-5:]
            where = Path(PICTURES) / f"{self.language}-{self.scheme}-{width}"
            where.mkdir(exist_ok=True, parents=True)
            # To hide the caret of a field, the driver would write a style into the page.
            self.page.screenshot(
                path=where / f"{name[:80]}-{port}.png", full_page=True, caret="initial"
            )

    def refused(self):
        """Return what the console said, but for the statuses of problem pages."""
        return [text for text in self.said if not re.search(r"status of 4\d\d", text)]


@pytest.fixture(scope="module", name="pages")
def fixture_pages(served, chromium):
    """Return the addresses of each node that are pages, and before signing in."""
    found = {}
    for name, each in served.items():
        visitor = Visitor(chromium, each, "en")
        before = {path for path, page in each.tried.items() if POLICY[page] is EVERYBODY}
        stranger = visitor.pages(before) if name != "new" else []
        visitor.sign_in()
        found[name] = (stranger, visitor.pages(each.tried))
        visitor.view.close()
    return found


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
@pytest.mark.parametrize("name", ["UA", "AE", "new"])
def test_every_page_is_free_of_barriers(served, chromium, pages, name, language):
    visitor = Visitor(chromium, served[name], language)
    before, after = pages[name]
    wrong = [each for path in before for each in visitor.look(path)]
    visitor.sign_in()
    wrong += [each for path in after for each in visitor.look(path)]
    visitor.view.close()
    assert not wrong, "\n".join(map(str, wrong))
    assert visitor.refused() == []


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_pages_are_free_of_barriers_in_the_dark(served, chromium, language):
    visitor = Visitor(chromium, served["UA"], language, "dark")
    visitor.sign_in()
    wrong = [each for path in DARK for each in visitor.look(path)]
    visitor.view.close()
    assert not wrong, "\n".join(map(str, wrong))
    assert visitor.refused() == []
