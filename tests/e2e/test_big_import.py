"""A list of 100,000 people with 1,000 bad rows: read in, mended, read in again, undone, in a browser."""

import csv
import io
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import openpyxl
import pytest
from tests.scenario.nodes import PASSPHRASE, START, seeded

from homeward.node import home

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")

ROWS, BAD = 100_000, 1_000
TITLES = ["ref", "Прізвище", "Ім'я", "Дата народження", "power", "simulation"]
WAIT_MS = 180_000


def big_list():
    """Return invented people as CSV; of each hundredth the birth date does not exist."""
    draw = random.Random(7)
    families = [f"Вигаданенко{n}" for n in range(2_000)]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(TITLES)
    for n in range(ROWS):
        born = f"19{draw.randrange(60, 99)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}"
        if n % (ROWS // BAD) == 0:
            born = "31.02.1990"
        writer.writerow([f"BIG-{n:06}", draw.choice(families), f"Людина{n}", born, "RU", "yes"])
    return text.getvalue().encode()


@pytest.fixture(scope="module", name="address")
def fixture_address(tmp_path_factory):
    """Serve an empty node of a bureau; give its address."""
    folder = tmp_path_factory.mktemp("big") / "ua"
    home.close_node()
    home.init_node(
        folder, party="UA", role="bureau", name="Office of UA (SIMULATION)", passphrase=PASSPHRASE,
        now=START, entropy=seeded("big"), simulation=True,
    )  # fmt: skip
    home.close_node()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "homeward",
        "serve",
        "--home",
        str(folder),
        "--port",
        str(port),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    accounts = []
    for line in server.stdout:
        accounts.append(line.split())
        if line.startswith("Open "):
            break
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/health")
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    yield address, next(words[-1] for words in accounts if words[:1] == ["caseworker"])
    server.terminate()
    server.wait(20)
    server.stdout.close()


def finish_work(page):
    """Wait until the job that was asked for has led on."""
    if "/jobs/" in page.url:
        playwright.expect(page.locator("progress").first).to_be_visible()
        link = page.locator("main a.button").first
        playwright.expect(link).to_be_visible(timeout=WAIT_MS)
        link.click()


def number(page, words):
    """Return the number that stands beside some words."""
    text = page.locator("main").inner_text()
    found = re.search(rf"{words}\s*:?\s*([\d,]+)", text)
    assert found, (words, text[:1500])
    return int(found[1].replace(",", ""))


def bring_in(page, address, file):
    page.goto(f"{address}/imports")
    page.get_by_label("Which list is it?").select_option("held")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check the list").click()
    finish_work(page)


def take_over(page):
    page.get_by_role("link", name="Take over").click()
    page.locator("main form button[type=submit]").click()
    finish_work(page)


def people_count(page, address):
    page.goto(f"{address}/people/held")
    text = page.locator("main").inner_text()
    found = re.search(r"Found: ([\d,]+)", text)
    return int(found[1].replace(",", "")) if found else 0


def undo(page, at):
    page.goto(at)
    page.locator("main a[href$='/undo']").click()
    page.locator("main form button[type=submit]").click()
    finish_work(page)


def test_a_big_list_is_mended_brought_in_again_and_undone(address, tmp_path):
    address, password = address
    (tmp_path / "big.csv").write_bytes(big_list())
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/sign-in")
        page.get_by_label("Name of your account").fill("caseworker")
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        bring_in(page, address, str(tmp_path / "big.csv"))
        first = page.url
        assert number(page, "New people") == ROWS - BAD
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the rows to fix").click()
        rows_to_fix = tmp_path / "fix.xlsx"
        download.value.save_as(rows_to_fix)
        take_over(page)
        assert people_count(page, address) == ROWS - BAD
        mend(rows_to_fix)
        bring_in(page, address, str(rows_to_fix))
        second = page.url
        assert number(page, "New people") == BAD
        take_over(page)
        assert people_count(page, address) == ROWS
        undo(page, second)
        assert people_count(page, address) == ROWS - BAD
        undo(page, first)
        assert people_count(page, address) == 0
        browser.close()


def mend(file):
    """Write a date that exists into every row, as a caseworker would."""
    book = openpyxl.load_workbook(file)
    sheet = book.active
    titles = [cell.value for cell in sheet[1]]
    at = titles.index("Дата народження") + 1
    assert sheet.max_row == BAD + 1
    for row in range(2, sheet.max_row + 1):
        assert sheet.cell(row, at).value == "31.02.1990"
        sheet.cell(row, at).value = "1990-02"
    book.save(file)
