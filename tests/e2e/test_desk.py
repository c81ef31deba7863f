"""A statement is reviewed by the keyboard alone, in two languages and two layouts."""

import re
import shutil
import socket
import subprocess
import sys

import pytest
from tests.e2e import test_review
from tests.e2e.barriers import barriers
from tests.scenario import nodes as play
from tests.web.told import OTHER, keep

from homeward.node import home
from homeward.node.actions import desk
from homeward.node.web.accounts import add_account

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

TEXT = f"{OTHER}\nThe United Arab Emirates mediated, both sides said."
IDS = {"en": "a1" * 16, "ar": "b2" * 16}


@pytest.fixture(name="served")
def fixture_served(tmp_path):
    """Serve a node with a text for each language; give its address and its folder."""
    world = play.begin(tmp_path)
    node = world.at("UA")
    for language, at in IDS.items():
        keep(node, f"{TEXT}\n({language})", "A ministry", at)
        add_account(
            node,
            name=f"reviewer-{language}",
            roles=["caseworker"],
            password=test_review.PASSWORD,
        )
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
            test_review.wait_for(f"{address}/verify", server)
            yield address, node.home
            log.seek(0)
            assert b"Traceback" not in log.read()
        finally:
            server.terminate()
            server.wait(20)


def row_of(keyboard):
    return int(re.search(r"#row-(\d+)", keyboard.page.url)[1])


def test_rows_are_confirmed_struck_out_taken_back_and_corrected_without_a_mouse(served):
    address, folder = served
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language, at in IDS.items():
            keyboard = test_review.Keyboard(chromium, address, language)
            keyboard.sign_in()
            keyboard.page.goto(f"{address}/statements/{at}")
            keyboard.strike("KeyJ")
            assert row_of(keyboard) == 2
            keyboard.strike("KeyF")
            assert row_of(keyboard) == 3
            keyboard.page.goto(f"{address}/statements/{at}?row=2#row-2")
            keyboard.strike("KeyZ")
            assert row_of(keyboard) == 2
            keyboard.strike("KeyC")
            keyboard.tab_to("#id_count")
            keyboard.page.keyboard.press("Control+A")
            keyboard.page.keyboard.type("149")
            keyboard.press_and_go("Enter")
            assert row_of(keyboard) == 3
            assert barriers(keyboard.page) == []
            assert keyboard.said == []
        chromium.close()
    node = home.open_node(folder, play.PASSPHRASE)
    for at in IDS.values():
        rows = desk.text_of(node, at).rows
        assert [each.state for each in rows] == ["confirmed", "corrected", "waiting"]
        assert rows[1].row.value == 149
    home.close_node()
