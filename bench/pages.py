"""How fast the pages of a node with 100,000 people answer, served as in life.

Run: python bench/pages.py [PEOPLE]
Prints for each page the median of answers one after another and how many a second with
eight readers at once, both also as a ratio to `/health` of the same server, and the bytes
over the wire; then what the first page loads altogether, and which part of a page of the
list takes how long on the processor, beside the disk's own rate of safe writes: every such
page makes one before it shows anybody. Loopback only.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from import_list import invent_list

PEOPLE = 100_000
PAGES = ("/health", "/", "/people/held", "/people/held?page=1000", "/people/held?health=serious")
READERS, SECONDS, RUNS = 8, 5, 15
SHARED_PAGES, SAFE_WRITES = 100, 300
START_SECONDS = 120
PASSWORD = "one that nobody tries"


def homeward(*words: str) -> list[str]:
    return [sys.executable, "-m", "homeward", *words]


def make_node(folder: Path, people: int) -> None:
    (folder / "passphrase").write_text("a bench of five words\n")
    (folder / "password").write_text(PASSWORD + "\n")
    (folder / "held.csv").write_bytes(invent_list(people))
    where = ["--home", str(folder / "node"), "--passphrase-file", str(folder / "passphrase")]
    account = ["--role", "caseworker", "--password-file", str(folder / "password"), "bench"]
    for words in (
        ("init", "--party", "RU", "--role", "bureau", "--name", "Bench"),
        ("import", "held", str(folder / "held.csv")),
        ("account", "add", *account),
    ):
        subprocess.run([*homeward(*words), *where], check=True, capture_output=True)


@contextlib.contextmanager
def served(folder: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--home", str(folder / "node"), "--passphrase-file", str(folder / "passphrase")]
    command = [*homeward("serve", "--port", str(port)), *where]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    sys.exit("the node is not served")


def get(connection: http.client.HTTPConnection, path: str, cookie: str) -> bytes:
    connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    return body


def sign_in(port: int) -> str:
    """Return the cookie of somebody who has signed in."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    page, cookies = answer.read().decode(), jar(answer)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token, "the form has a token"
    form = {"csrfmiddlewaretoken": token[1], "login": "bench", "password": PASSWORD}
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{port}",
    }
    connection.request("POST", "/sign-in", urllib.parse.urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return f"{cookies}; {jar(answer)}"


def jar(answer: http.client.HTTPResponse) -> str:
    found = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(each.split(";")[0] for each in found)


def read_on(port: int, path: str, cookie: str, counts) -> None:
    """Ask for a page again and again; put how often it came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    get(connection, path, cookie)
    count, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        get(connection, path, cookie)
        count += 1
    counts.put(count)


def measure(port: int, path: str, cookie: str) -> tuple[float, float, int]:
    """Return median seconds of one answer, answers a second, and bytes of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    seconds, size = [], len(get(connection, path, cookie))
    for _ in range(RUNS):
        began = time.perf_counter()
        get(connection, path, cookie)
        seconds.append(time.perf_counter() - began)
    counts = multiprocessing.Queue()
    readers = [
        multiprocessing.Process(target=read_on, args=(port, path, cookie, counts))
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    total = sum(counts.get(timeout=SECONDS * 20) for _ in readers)
    for reader in readers:
        reader.join()
    return statistics.median(seconds), total / SECONDS, size


def first_page_bytes(port: int, cookie: str) -> tuple[int, int]:
    """Return the bytes of the first page with its style, and of the fonts it may load in English."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    page = get(connection, "/", cookie)
    text = gzip.decompress(page).decode()
    loads = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    fonts = [f"/static/vendor/plex/IBMPlexSans-{w}-Latin1.woff2" for w in ("Regular", "SemiBold")]
    parts = sum(len(get(connection, each, cookie)) for each in loads)
    return len(page) + parts, sum(len(get(connection, each, cookie)) for each in fonts)


def disk_rate(folder: Path) -> float:
    """Return how often a second the disk can be written to safely, one write after another."""
    with (folder / "fsync").open("wb") as file:
        began = time.perf_counter()
        for _ in range(SAFE_WRITES):
            file.write(bytes(8192))
            file.flush()
            os.fsync(file.fileno())
        return SAFE_WRITES / (time.perf_counter() - began)


def shares(folder: Path) -> dict[str, float]:
    """Return the processor seconds of each part of a page of the list, in this process."""
    from homeward.node.home import close_node, open_node  # Django is configured here

    node = open_node(folder / "node", (folder / "passphrase").read_text().strip())
    from django.contrib.auth.models import User
    from django.test import Client

    from homeward.node import access, finding
    from homeward.node.web import current, middleware, signed_in
    from homeward.node.web.pages import people

    current.serve_node(node)
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip"})
    client.force_login(User.objects.get(username="bench"))
    client.get("/people/held")
    found: dict[str, float] = {}
    for owner, name, part in (
        (signed_in.SessionStore, "load", "session and account"),
        (signed_in.Accounts, "get_user", "session and account"),
        (finding, "count_of", "who is on the page"),
        (finding, "page_refs", "who is on the page"),
        (access, "note", "note of the read, safe on the disk"),
        (finding, "read_row", "rows opened"),
        (people, "table_rows", "rows written"),
        (people, "render", "page around them"),
        (middleware.Compression, "process_response", "compression"),
    ):
        setattr(owner, name, timed(getattr(owner, name), part, found))
    began = time.thread_time()
    for _ in range(SHARED_PAGES):
        assert client.get("/people/held").status_code == 200
    total = time.thread_time() - began
    close_node()
    found["queries and the rest of Django"] = total - sum(found.values())
    return {part: seconds / SHARED_PAGES for part, seconds in found.items()}


def timed(function, part: str, found: dict[str, float]):
    """Return the function, adding up the processor time it takes."""

    def call(*args, **kwargs):
        began = time.thread_time()
        try:
            return function(*args, **kwargs)
        finally:
            found[part] = found.get(part, 0.0) + time.thread_time() - began

    return call


def main() -> None:
    """Print one line for each page."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        make_node(folder, people)
        print(f"{people} people, made in {time.monotonic() - began:.0f} s")
        with served(folder) as port:
            cookie = sign_in(port)
            print(
                f"{'page':<32}{'median ms':>10}{'health':>8}{'a second':>10}{'health':>8}{'bytes':>9}"
            )
            base = None
            for path in PAGES:
                seconds, rate, size = measure(port, path, cookie)
                base = base or (seconds, rate)
                print(
                    f"{path:<32}{seconds * 1000:>10.1f}{seconds / base[0]:>8.1f}"
                    f"{rate:>10.0f}{rate / base[1]:>8.3f}{size:>9}",
                    flush=True,
                )
            page, fonts = first_page_bytes(port, cookie)
            print(f"first page: {page} bytes with its style, {fonts} bytes of fonts")
        parts = shares(folder)
        total = sum(parts.values())
        print(f"{'part of /people/held':<36}{'ms':>6}{'share':>8}")
        for part, seconds in parts.items():
            print(f"{part:<36}{seconds * 1000:>6.2f}{seconds / total:>8.0%}")
        print(f"one processor: {1 / total:.0f} pages a second at most")
        print(f"the disk alone: {disk_rate(folder):.0f} safe writes a second")


if __name__ == "__main__":
    main()
