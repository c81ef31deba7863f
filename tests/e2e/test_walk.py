"""A newcomer brings the next exchange of the demo home, by what the pages say alone.

Rules of this file:
- The newcomer knows three things: the first page, the accounts that the sign-in page shows,
  and to press what it says to do. Every link and button is found by its text, as a screen
  reader finds it, in the language of the walk.
- Where to go next is said by the guide on the first page; what to do there by its first step.
- Nothing sleeps: what another node signed is waited for, with a bound.
"""

import contextlib
import gettext
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from tests.e2e.barriers import barriers
from tests.unit.cli.test_demo_pages import free_ports

from homeward.cli.demo_pages import PARTIES
from homeward.demo.play import NEXT_CASE
from homeward.node import web

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

LOCALE = Path(web.__file__).parent / "locale"
PEOPLE = 400
NARROW, WIDE = 360, 1440
SECONDS, PATIENCE_MS = 60, 5_000
"""How long a page may take to show what another node signed."""

UA_HOME, RU_HOME = "RU → UA", "UA → RU"
SAID = {
    "wanted": "Send the list of those you miss.",
    "answer": "Answer every line of the wanted list.",
    "final": "Bind yourself to your final list.",
    "seed": "Show your half of the seed.",
    "plan": "Plan the exchange and propose it.",
    "read": "Read the terms, the plan and what the law says to it.",
    "interview": "Record who, asked in private, wishes to go home.",
    "manifest": "Put those who travel on the manifest.",
    "depart": "Let the people of the manifest go.",
    "check-in": "Count your people at the crossing.",
    "stop": "Record the stop on the way.",
    "ask-again": "Ask again at the last stop, and record who travels on.",
    "receive": "Receive your people and give your receipt.",
    "receipt": "Give your receipt.",
    "close": "Close the case.",
}
"""Step → how the first page says it."""

ASK = (
    "All who are not marked otherwise said that they travel.",
    "Check the answers",
    "Sign as interviewer",
)
COUNT = ("All who are not marked otherwise are here.", "Check the answers", "Sign the count")
FINDINGS = "every finding"
ACCEPT = "Check and accept the plan"
WAY = (
    # Whose page, its first step, of which leg, and what is ticked and pressed there.
    ("RU", "wanted", "", ("Send the list",)),
    ("RU", "answer", "", ("Answer every line",)),
    ("UA", "answer", "", ("Answer every line",)),
    ("UA", "final", "", ("Sign the final list",)),
    ("RU", "final", "", ("Sign the final list",)),
    ("RU", "seed", "", ("Show our half",)),
    ("UA", "seed", "", ("Show our half",)),
    ("AE", "plan", "", ("Plan and propose",)),
    ("UA", "read", "", (ACCEPT, FINDINGS, ACCEPT)),
    ("RU", "read", "", (ACCEPT, FINDINGS, ACCEPT)),
    ("AE", "interview", UA_HOME, ASK),
    ("AE", "manifest", UA_HOME, ("Issue the manifest",)),
    ("AE", "interview", RU_HOME, ASK),
    ("AE", "manifest", RU_HOME, ("Issue the manifest",)),
    ("UA", "depart", RU_HOME, ("Sign the departure",)),
    ("RU", "depart", UA_HOME, ("Sign the departure",)),
    ("RU", "check-in", RU_HOME, COUNT),
    ("UA", "check-in", UA_HOME, COUNT),
    ("AE", "ask-again", UA_HOME, ASK),
    ("AE", "stop", RU_HOME, ("Check the marks", "Record the stop on the way")),
    ("AE", "ask-again", RU_HOME, ASK),
    ("UA", "receive", UA_HOME, ("Sign: they are home",)),
    ("RU", "receipt", UA_HOME, ("Sign the receipt",)),
    ("RU", "receive", RU_HOME, ("Sign: they are home",)),
    ("UA", "receipt", RU_HOME, ("Sign the receipt",)),
    ("AE", "close", "", ("Close the case",)),
)
WITHOUT_SCRIPT = {("en", "RU")}
"""Whose pages are walked without a script, in which language."""


@pytest.fixture(name="served", params=["en", "ar"])
def fixture_served(request, tmp_path):
    """Play and serve the demo; give the language, and the addresses that its screen shows."""
    command = [sys.executable, "-m", "homeward", "demo", "--people", str(PEOPLE)]
    command += ["--dir", str(tmp_path / "demo"), "--port", str(free_ports())]
    screen = ""
    with (
        (tmp_path / "demo.log").open("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as demo,
    ):
        try:
            for line in demo.stdout:
                screen += line
                if line.startswith("Ctrl+C"):
                    break
            shown = dict(re.findall(r"^  (http://(\w\w)\.localhost:\d+/) ", screen, re.MULTILINE))
            assert list(shown.values()) == list(PARTIES), screen
            yield request.param, {name.upper(): address for address, name in shown.items()}
        finally:
            demo.terminate()
            demo.communicate(timeout=SECONDS)
            log.seek(0)
            assert "Traceback" not in log.read()


class Walk:
    """One newcomer: where they are, what they read, what the browser complains of."""

    def __init__(self, chromium, language, addresses, pictures):
        self.language, self.addresses, self.pictures = language, addresses, pictures
        self.texts = gettext.NullTranslations()
        if language != "en":
            with (LOCALE / language / "LC_MESSAGES/django.mo").open("rb") as file:
                self.texts = gettext.GNUTranslations(file)
        self.complaints, self.count, self.seen, self.tabs = [], 0, set(), {}
        for has_script in (True, False):
            view = chromium.new_context(
                viewport={"width": WIDE, "height": 900},
                locale=language,
                java_script_enabled=has_script,
                reduced_motion="reduce",
            )
            view.set_default_timeout(SECONDS * 1000)
            self.tabs[has_script] = page = view.new_page()
            page.on("console", lambda said: self.complaints.append(said.text))
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page = self.tabs[True]

    def text(self, said, **values):
        """Return a text of the pages in the language of the walk."""
        found = self.texts.gettext(said)
        assert self.language == "en" or found != said, f"not translated: {said}"
        return re.sub(r"\{(\w+)\}|%\((\w+)\)s", lambda place: values[place[1] or place[2]], found)

    @property
    def main(self):
        return self.page.get_by_role("main")

    @property
    def guide(self):
        return self.page.get_by_role("region", name=self.text("Bring the next exchange home"))

    def look(self, what):
        """Look at a page: no barrier, not wider than the window, and the browser is content."""
        self.count += 1
        is_new = what not in self.seen
        self.seen.add(what)
        for width in (NARROW, WIDE) if is_new else (WIDE,):
            self.page.set_viewport_size({"width": width, "height": 900})
            name = f"{self.language}-{width}-{self.count:03}-{what}.png"
            self.page.screenshot(path=self.pictures / name, full_page=True)
            wide = self.page.locator("html").evaluate("html => html.scrollWidth")
            assert wide <= width, f"{self.page.url} scrolls sideways"
            if is_new and self.page is self.tabs[True]:  # axe waits by the page's own clock
                assert barriers(self.page) == [], self.page.url
        assert self.complaints == [], self.page.url

    def press(self, said, what, within=None):
        """Press the button or the link that says this, and look at what comes."""
        name = said if said == NEXT_CASE else self.text(said)
        within = within or self.main
        button = within.get_by_role("button", name=name, exact=True)
        button.or_(within.get_by_role("link", name=name, exact=True)).first.click()
        if "/jobs/" in self.page.url:
            go_on = self.main.get_by_role("link", name=self.text("Go on"))
            go_on.wait_for()  # until then the page asks by itself how far the work is
            go_on.click()
        self.look(what)

    def tick(self, said):
        """Tick the box that says this, or every finding."""
        boxes = self.main.get_by_role("checkbox")
        if said != FINDINGS:
            boxes = self.main.get_by_label(self.text(said))
            assert boxes.count() == 1
        for box in boxes.all():
            box.check()

    def sign_in(self):
        """Sign in with the first account that the page shows, unless that is done."""
        if self.page.get_by_role("navigation").is_visible():
            return
        self.look("sign-in")
        account = self.main.get_by_role("row").nth(1).locator("code")
        name, password = account.all_inner_texts()
        self.page.get_by_label(self.text("Name of your account")).fill(name)
        self.page.get_by_label(self.text("Password"), exact=True).fill(password)
        self.press("Sign in", "home")

    def visit(self, party):
        """Open a party's first page, in the window where it was walked."""
        self.page = self.tabs[(self.language, party) not in WITHOUT_SCRIPT]
        self.page.goto(self.addresses[party])

    def go_home(self):
        """Press the first entry of the menu."""
        name = self.text("To do")
        self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()

    def wait_for(self, what):
        """Wait for what another node signed; a page that does not show it is asked again."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(playwright.TimeoutError):
                what.wait_for(timeout=PATIENCE_MS)
                return
            self.go_home()
        pytest.fail(f"not shown within {SECONDS} s at {self.page.url}: {what}")

    def go_to(self, party):
        """Go where the guide says that the next step is done; wait until it says so."""
        self.go_home()
        if self.page.url == self.addresses[party]:
            return
        link = self.guide.get_by_role(
            "link", name=self.text("on the page of %(party)s", party=party)
        )
        self.wait_for(link)
        assert link.get_attribute("href") == self.addresses[party]
        self.visit(party)
        self.sign_in()

    def do(self, party, step, leg, presses):
        """Do what the first page of a party says to do first; wait until it says so."""
        self.go_to(party)
        first = self.main.get_by_role("listitem").filter(has_text=self.text(SAID[step]))
        first = first.filter(has_text=NEXT_CASE).filter(has_text=leg)
        self.wait_for(first)
        playwright.expect(first).to_have_class("first")
        now = self.guide.locator("[aria-current=step]")
        playwright.expect(now).to_contain_text(self.text("here"))
        self.look("first")
        first.get_by_role("link").click()
        self.look(step)
        for said in presses:
            if said in (FINDINGS, ASK[0], COUNT[0]):
                self.tick(said)
            else:
                self.press(said, f"{step}-done" if said == presses[-1] else step)


@pytest.fixture(name="chromium")
def fixture_chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_a_newcomer_brings_the_next_exchange_home(served, chromium, tmp_path):
    language, addresses = served
    pictures = Path(os.environ.get("HOMEWARD_PICTURES", tmp_path / "pictures"))
    pictures.mkdir(exist_ok=True)
    walk = Walk(chromium, language, addresses, pictures)
    walk.page.goto(addresses["UA"])
    walk.sign_in()
    for row in WAY:
        walk.do(*row)
    for party in addresses:
        everybody_is_home(walk, party)
    ledger_holds(walk, tmp_path)


def everybody_is_home(walk, party):
    """The first page, the case, its papers and the public record say so, at every node."""
    walk.visit(party)
    over = walk.text("Everybody of this exchange is home")
    walk.wait_for(walk.page.get_by_role("heading", name=over))
    walk.press(NEXT_CASE, "case")
    assert walk.main.get_by_text(walk.text("closed"), exact=True).is_visible()
    walk.press("The handover", "handover")
    for leg in (UA_HOME, RU_HOME):
        card = walk.page.get_by_role("region", name=leg)
        reached, planned = card.locator(".count-number").inner_text().split(" / ")
        assert reached == planned != "0"
        with walk.page.expect_download() as paper:
            card.get_by_role("link", name=walk.text("Print the receipt")).click()
        assert paper.value.path().read_bytes().startswith(b"%PDF")
    walk.press("Public record", "public", walk.page.get_by_role("contentinfo"))
    walk.press(NEXT_CASE, "public-case")
    assert walk.main.get_by_text(walk.text("closed"), exact=True).is_visible()


def ledger_holds(walk, folder):
    """Whoever downloads the ledger and verifies it finds that it holds."""
    walk.press("Ledger", "ledger", walk.page.get_by_role("navigation"))
    with walk.page.expect_download() as ledger:
        walk.main.get_by_role("link", name=walk.text("Download the ledger")).click()
    with zipfile.ZipFile(ledger.value.path()) as files:
        files.extractall(folder)
    command = [sys.executable, "-m", "homeward", "ledger", "verify", str(folder / "ledger")]
    subprocess.run(command, check=True)
