"""Options and fixtures for every test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent

# How long one example takes depends on what else the machine does; no test depends on that.
settings.register_profile("homeward", deadline=None)
settings.load_profile("homeward")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="write golden files anew instead of comparing"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "file: about the encrypted file of a node, and no server")
    if postgresql.WANTED:
        if postgresql.programs() is None:
            pytest.exit("HOMEWARD_TEST_DATABASE=postgresql needs PostgreSQL's initdb", 4)
        postgresql.put_nodes_there()


def pytest_unconfigure() -> None:
    postgresql.stop()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if postgresql.WANTED and item.get_closest_marker("file") is not None:
        pytest.skip("is about the encrypted file; the nodes of this run are on a server")


@pytest.fixture(scope="session")
def server() -> postgresql.Server:
    """Give a PostgreSQL server, or skip where its programs are absent."""
    if postgresql.programs() is None:
        pytest.skip("needs PostgreSQL (apt-get install postgresql)")
    return postgresql.server()


@pytest.fixture(autouse=True)
def _no_database_stays():
    """Drop the databases that a test made; those of a longer fixture were there before it."""
    before = len(postgresql.server().made) if postgresql.running() else 0
    yield
    if postgresql.running():
        postgresql.server().drop_after(before)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Give the folder with the open test data, or skip where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the open test data in {folder}")
    return folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes | str], None]:
    """Compare content with a golden file (path from the root); `--write-golden` writes it."""

    def compare(path: str, content: bytes | str) -> None:
        data = content.encode("utf-8") if isinstance(content, str) else content
        file = ROOT / path
        if request.config.getoption("--write-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            return
        assert file.is_file(), f"{path} is missing; run `make golden` and read the difference"
        assert data == file.read_bytes(), f"{path} differs; run `make golden` and read why"

    return compare
