"""Trying other terms in a browser: by keyboard and script, narrow and wide, in Arabic too."""

import contextlib
import re
import shutil
import subprocess
import sys

import pytest
from tests.e2e.test_pages import (
    ACCOUNT,
    CHROMIUM,
    PASSWORD,
    Served,
    Visitor,
    _free_port,
    _wait_for,
)
from tests.scenario import nodes as play

from homeward.node import home
from homeward.node.web.accounts import add_account
from homeward.node.web.policy import ROLES

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

PAGE = "/cases/first/agreement"
SECONDS = 30_000


@pytest.fixture(scope="module", name="served")
def fixture_served(tmp_path_factory):
    """Serve the mediator of a case whose final lists are signed."""
    folder = tmp_path_factory.mktemp("e2e")
    world = play.begin(folder)
    play.play_to_final_lists(world)
    node = world.at("AE")
    add_account(node, name=ACCOUNT, roles=list(ROLES), password=PASSWORD)
    home.close_node()
    port = _free_port()
    with contextlib.ExitStack() as ending:
        log = ending.enter_context((folder / "AE.log").open("w+b"))
        command = [sys.executable, "-m", "homeward", "serve", "--port", str(port)]
        server = ending.enter_context(
            subprocess.Popen([*command, "--home", node.home], stdout=log, stderr=log)
        )
        ending.callback(server.terminate)
        _wait_for(f"http://127.0.0.1:{port}/verify", server)
        yield Served(address=f"http://127.0.0.1:{port}", tried={})
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", name="chromium")
def fixture_chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def typed(visitor, text):
    visitor.page.fill("#text", text)
    visitor.page.press("#text", "End")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_free_of_barriers_and_answers_while_somebody_types(served, chromium, language):
    visitor = Visitor(chromium, served, language)
    visitor.sign_in()
    page, expect = visitor.page, playwright.expect
    assert visitor.look(PAGE) == []
    answer = page.locator("#answer")
    expect(answer.locator(".chip.good").first).to_be_visible()

    typed(visitor, play.terms(count=9000))
    expect(answer.locator(".summary")).to_contain_text("9000 → 20", timeout=SECONDS)
    expect(page.locator("#text")).to_be_focused()
    assert page.url.endswith(PAGE), "the page was not left"
    assert visitor.barriers_at("not-possible") == []

    typed(visitor, play.terms().replace("count = 8", "count = 'eight'"))
    expect(answer.locator("pre")).to_have_text("count = 'eight'", timeout=SECONDS)
    assert visitor.barriers_at("not-read") == []

    typed(visitor, play.terms(count=5).replace("max_names = 5", "max_names = 6"))
    expect(answer.locator(".changes")).to_contain_text("8 → 5", timeout=SECONDS)
    page.fill("#value", "7")
    page.press("#value", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#what-if table")).to_be_visible(timeout=SECONDS)
    expect(page.locator("#value")).to_have_value("7")
    assert visitor.barriers_at("what-if") == []
    page.click("button[value=keep]")
    expect(page.locator(".notes")).to_be_visible(timeout=SECONDS)
    assert re.search(r"\?wording=[0-9a-f]{64}", page.url)
    assert visitor.barriers_at("kept") == []
    visitor.view.close()
    assert visitor.refused() == []
