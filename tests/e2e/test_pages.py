"""Every page in a browser: no barrier, no refused file, no sideways scrolling; pictures to look at."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.scenario import nodes as play

from homeward.node import home

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
BEFORE = {"sign-in": "/sign-in", "verify-anybody": "/verify"}
AFTER = {
    "home": "/",
    "ledger": "/ledger",
    "verify": "/verify",
    "account": "/account",
    "password": "/account/password",
    "design": "/design",
    "not-found": "/no-such-page",
}
LOOKS = [
    (width, language, scheme)
    for width in (360, 1440)
    for language in ("en", "ar")
    for scheme in ("light",)
] + [(360, "uk", "light"), (1440, "ru", "dark"), (360, "ar", "dark")]


@pytest.fixture(scope="module", name="served")
def fixture_served(tmp_path_factory):
    """Serve the node of UA with `homeward serve`; give its address and an account."""
    folder = tmp_path_factory.mktemp("e2e")
    world = play.begin(folder)
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    play.ask_before(world, play.planned(world))
    play.depart(world)
    home.close_node()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "serve.log").open("w+b")
    command = [sys.executable, "-m", "homeward", "serve", "--port", str(port)]
    node = str(world.nodes["UA"].home)
    environment = {**os.environ, "HOMEWARD_HOME": node}
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server)
            log.seek(0)
            account = re.search(r"(caseworker) +caseworker +(\S+)", log.read().decode())
            yield address, account[1], account[2]
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(address, server):
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
                assert answer.read() == b"ok\n"
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module", name="chromium")
def fixture_chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_every_page_is_free_of_barriers(
    served, chromium, tmp_path_factory, width, language, scheme
):
    address, name, password = served
    pictures = tmp_path_factory.getbasetemp() / "pictures"
    pictures.mkdir(exist_ok=True)
    view = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = view.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{address}/sign-in")
    page.select_option("#language", language)
    page.click(".languages button")

    def look(label, path):
        answer = page.goto(address + path)
        assert answer.status == (404 if label == "not-found" else 200), path
        page.screenshot(path=pictures / f"{label}-{width}-{language}-{scheme}.png", full_page=True)
        page.evaluate(AXE)
        found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        barriers = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
        assert barriers == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} scrolls sideways"

    for label, path in BEFORE.items():
        look(label, path)
    page.goto(f"{address}/sign-in")
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.click("main form button")
    playwright.expect(page.locator(".todo")).to_be_visible()
    for label, path in AFTER.items():
        look(label, path)
    view.close()
    assert [text for text in refused if "404" not in text] == []
