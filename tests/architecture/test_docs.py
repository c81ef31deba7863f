"""Pages about the code are true of the code."""

import re

from tests.architecture.source import PACKAGE, ROOT

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def pages():
    top = [
        ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
    ]
    return [*top, *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_code_map_has_a_row_for_every_room_and_no_other():
    rows = re.findall(
        r"^\| `(\w+)` \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE
    )
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(rows) == rooms
    assert len(rows) == len(rooms)


def test_every_file_that_the_architecture_names_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = [path.rstrip("/") for path in re.findall(r"`([\w./]+(?:\.py|\.toml|/))`", text)]
    assert len(named) > 20
    missing = [path for path in named if not ((PACKAGE / path).exists() or (ROOT / path).exists())]
    assert missing == []


def test_every_link_between_pages_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages()
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []


def test_every_page_stands_in_the_index():
    index = (ROOT / "docs/README.md").read_text("utf-8")
    inside = ROOT / "docs"
    absent = [
        path.relative_to(inside).as_posix()
        for path in sorted(inside.rglob("*.md"))
        if path.parent != inside / "decisions" and path != inside / "README.md"
        if f"]({path.relative_to(inside).as_posix()})" not in index
    ]
    assert absent == []


def test_decisions_are_numbered_whole_and_listed():
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = path.read_text("utf-8")
        parts = ("## Context", "## Options", "- Good:", "- Bad:", "## Decision", "## Consequences")
        assert all(part in text for part in parts), path.name
        assert f"({path.name})" in index
        assert text.count("\n") < 60, f"{path.name} is no longer short"
