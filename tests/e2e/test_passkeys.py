"""A node is set up in a browser; then an account is opened by a passkey, without a password."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

PASSPHRASE, PASSWORD = "five words nobody would join", "one that nobody tries"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 800}


@pytest.fixture(scope="module", name="waiting")
def fixture_waiting(tmp_path_factory):
    """Serve an empty folder with `homeward serve`; give its address and the set-up code."""
    folder = tmp_path_factory.mktemp("first-run")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "homeward", "serve", "--port", str(port)]
    with (
        (folder / "serve.log").open("w+b") as log,
        subprocess.Popen([*command, "--home", folder / "node"], stdout=log, stderr=log) as server,
    ):
        try:
            # A passkey is bound to a name: the number 127.0.0.1 has none.
            address = f"http://localhost:{port}"
            _wait_for(f"{address}/first-run", server)
            log.seek(0)
            yield address, re.search(r"\?code=(\S+)", log.read().decode())[1]
            log.seek(0)
            assert b"Traceback" not in log.read()
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(address, server):
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module", name="chromium")
def fixture_chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _set_up(page, address, code):
    page.goto(f"{address}/first-run?code={code}")
    assert "code=" not in page.url, "the code does not stay in the address"
    page.click("text=Set up >> nth=-1")
    page.fill("#id_party", "ua")
    page.fill("#id_name", "An invented bureau")
    page.click("button[value=check]")
    for name, secret in (("passphrase", PASSPHRASE), ("password", PASSWORD)):
        page.fill(f"#id_{name}", secret)
        page.fill(f"#id_{name}_again", secret)
    page.check("#id_understood")
    page.click("button[value=make]")
    playwright.expect(page.locator(".voice li")).to_have_count(8)


def _key_ring(page):
    """Give the browser a passkey holder that confirms by itself (WebDriver, virtual)."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_node_is_set_up_and_its_account_opened_by_a_passkey_alone(waiting, chromium):
    address, code = waiting
    view = chromium.new_context(viewport=WIDE)
    page = view.new_page()
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    _set_up(page, address, code)
    page.click("main a.button")
    page.fill("#id_login", "administrator")
    page.fill("#id_password", PASSWORD)
    page.click("main form button >> nth=0")
    playwright.expect(page.locator(".menu")).to_be_visible()

    _key_ring(page)
    page.goto(f"{address}/account/passkeys/new")
    page.fill("#id_password", PASSWORD)
    page.click("main form button")
    page.fill("#id_name", "office laptop")
    page.click("#mfa_webauthn_add")
    playwright.expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{address}/account/passkeys")
    playwright.expect(page.locator("tbody")).to_contain_text("office laptop")
    playwright.expect(page.locator("tbody")).to_contain_text("by itself")

    view.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.click("#passkey_login")
    playwright.expect(page.locator(".who")).to_contain_text("administrator")

    page.goto(f"{address}/account/passkeys")
    page.click("tbody a")
    assert "/account/confirm" in page.url, "taking it away asks for the password"
    page.fill("#id_password", PASSWORD)
    page.click("main form button")
    page.click("main form button")
    playwright.expect(page.locator("main")).to_contain_text("You have no passkey yet.")
    view.close()
    assert refused == []
