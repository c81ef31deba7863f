"""Options and fixtures for every test."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="write golden files anew instead of comparing"
    )


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
