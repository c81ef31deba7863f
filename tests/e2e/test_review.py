"""Who is the same person, decided by the keyboard alone, in two languages and two layouts."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.utils import timezone
from tests.scenario import nodes as play
from tests.scenario import pairs

from homeward.node import home
from homeward.node.web.accounts import add_account

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

PASSWORD = "one that nobody tries"
TO_SEE_MS = 600
"""Longer than a page waits before a key counts."""
PAIR = re.compile(r"/review/pair/(\w+)")
# What an Arabic layout types with the keys J, F, U, Z, L and N.
TYPED = {
    "en": {},
    "ar": {"KeyJ": "ت", "KeyF": "ب", "KeyU": "ع", "KeyZ": "ئ", "KeyL": "م", "KeyN": "ى"},
}


@pytest.fixture(name="served")
def fixture_served(tmp_path):
    """Serve a bureau that was asked for people; give its address."""
    world = pairs.begin(tmp_path)
    node = world.at("UA")
    pairs.compare(node, now=timezone.now())
    for name in TYPED:
        add_account(node, name=f"reviewer-{name}", roles=["reviewer"], password=PASSWORD)
    home.close_node()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "homeward", "serve", "--port", str(port)]
    with (
        (tmp_path / "serve.log").open("w+b") as log,
        subprocess.Popen([*command, "--home", node.home], stdout=log, stderr=log) as server,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/verify", server)
            yield address
            log.seek(0)
            assert b"Traceback" not in log.read()
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address, server):
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


class Keyboard:
    """A reviewer without a mouse."""

    def __init__(self, chromium, address, language):
        self.address, self.language = address, language
        view = chromium.new_context(viewport={"width": 1280, "height": 800})
        view.add_cookies([{"name": "django_language", "value": language, "url": address}])
        self.page, self.said = view.new_page(), []
        self.page.on("console", lambda message: self.said.append(message.text))

    def sign_in(self):
        self.page.goto(f"{self.address}/sign-in")
        self.page.locator("#id_login").focus()
        self.page.keyboard.type(f"reviewer-{self.language}")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.press_and_go("Enter")

    def tab_to(self, target):
        """Press Tab until something has the focus."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("target => document.activeElement.matches(target)", target):
                return
        pytest.fail(f"Tab does not reach {target}")

    def press_and_go(self, key):
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def strike(self, code):
        """Strike a key by its place, as the layout of the language types it, and go on."""
        self.page.wait_for_timeout(TO_SEE_MS)
        with self.page.expect_navigation():
            self.type_by_place(code)

    def type_by_place(self, code):
        typed = TYPED[self.language].get(code, code.removeprefix("Key").lower())
        tools = self.page.context.new_cdp_session(self.page)
        event = {"code": code, "key": typed, "text": typed}
        tools.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        tools.send("Input.dispatchKeyEvent", {"type": "keyUp", "code": code, "key": typed})

    @property
    def pair(self):
        return PAIR.search(self.page.url)[1]

    def said_of(self, pair):
        """Return which of the three words stands in a pair's history."""
        self.page.goto(f"{self.address}/review/pair/{pair}")
        voices = self.page.locator("ul.changes li")
        playwright.expect(voices).to_have_count(1)
        return voices.get_attribute("data-word")


@pytest.mark.parametrize("language", sorted(TYPED))
def test_a_reviewer_decides_with_the_keyboard_alone(served, language):
    # A browser that stays would keep the next test from opening a node.
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        visitor = Keyboard(browser, served, language)
        page, expect = visitor.page, playwright.expect
        visitor.sign_in()
        visitor.tab_to('a[href="/review"]')
        visitor.press_and_go("Enter")
        visitor.tab_to(f'a.button[href="/review/case/{play.CASE}"]')
        visitor.press_and_go("Enter")
        visitor.tab_to('a.button[href^="/review/pair/"]')
        visitor.press_and_go("Enter")

        first = visitor.pair
        visitor.strike("KeyL")
        assert "latin=1" in page.url
        expect(page.locator("table.side bdi[lang=en]").first).to_be_visible()
        visitor.strike("KeyF")
        second = visitor.pair
        visitor.type_by_place("KeyF")  # struck twice: nobody has seen this pair yet
        page.wait_for_timeout(TO_SEE_MS)
        assert visitor.pair == second
        assert second != first
        assert "latin=1" in page.url, "the letters stay as they were chosen"
        expect(page.locator(".notes")).to_be_visible()
        visitor.strike("KeyZ")
        assert visitor.pair == first
        visitor.strike("KeyJ")
        assert visitor.pair == second
        visitor.strike("KeyU")
        third = visitor.pair
        # Switched off, the keys do nothing; Tab and Enter do the same.
        visitor.tab_to('a[href*="keys=0"]')
        visitor.press_and_go("Enter")
        assert visitor.pair == third
        page.keyboard.press("f")
        page.keyboard.press("j")
        visitor.tab_to('button[value="different"]')
        visitor.press_and_go("Enter")
        assert visitor.pair not in (first, second, third)

        said = {pair: visitor.said_of(pair) for pair in (first, second, third)}
        assert said == {first: "same", second: "unsure", third: "different"}
        assert visitor.said == []
        browser.close()
