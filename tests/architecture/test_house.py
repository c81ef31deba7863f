"""What ARCHITECTURE.md promises of every file and no import rule can see."""

import ast
import re
from collections import Counter

import pytest
from tests.architecture.source import ROOT, functions, modules, public, tree

from homeward.foundation import errors

FUNCTION_LINES_MAX = 60  # without the docstring
MODULE_LINES_MAX = 500
# path, or path:function -> lines it may have, and why
LONGER = {
    "terms/pool.py:of": (62, "one pass over people that fills every column at once"),
}

PERSON_DOORS = {
    "node/models.py": "defines the table",
    "node/access.py": "is the door",
    "node/finding.py": "answers the door's questions, with references and counts",
    "node/people.py": "stores people, and opens a row for the door",
}

CLOCK_READERS = {
    "cli/": "a command happens when somebody types it; from there the hour is an argument",
    "node/web/": "a page is asked for now; from there the hour is an argument",
}


def lines(node):
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    own = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return node.end_lineno - node.lineno + 1 - own


def dotted(node):
    """Return `a.b.c` for an attribute of names, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def test_functions_and_modules_are_short():
    sizes = {place: lines(node) for place, node in functions()}
    long = {place: count for place, count in sizes.items() if count > FUNCTION_LINES_MAX}
    for path in modules():
        count = (ROOT / "src/homeward" / path).read_text("utf-8").count("\n")
        if count > MODULE_LINES_MAX:
            long[path] = count
    allowed = {place: most for place, (most, _) in LONGER.items()}
    assert {place: n for place, n in long.items() if n > allowed.get(place, 0)} == {}, "shorten it"
    assert set(allowed) - set(long) == set(), "it is short now: take it off the list"


def test_a_package_says_what_it_decides_what_it_refuses_and_where_to_enter():
    for path, module in modules().items():
        if path.endswith("/__init__.py"):
            text = (ast.get_docstring(module) or "").lower()
            missing = [word for word in ("decides", "refuses") if word not in text]
            assert not missing, f"{path} does not say what it {' and '.join(missing)}"


def test_whatever_is_public_has_a_docstring():
    assert [place for place, node in public() if not ast.get_docstring(node)] == []


def test_no_two_docstrings_are_the_same():
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
    texts = Counter(
        text
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, kinds) and (text := ast.get_docstring(node))
    )
    assert [text for text, count in texts.items() if count > 1] == []


def test_a_check_raises_and_never_answers_yes_or_no():
    checks = [(place, node) for place, node in functions() if node.name.startswith("verify_")]
    assert len(checks) > 5
    assert [place for place, node in checks if dotted(node.returns) == "bool"] == []


def test_nobody_but_a_front_end_reads_the_clock():
    clock = re.compile(
        r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|timezone\.now"
        r"|time\.(time|time_ns|localtime|gmtime))"
    )
    readers = [
        f"{path}:{node.lineno}"
        for path, module in modules().items()
        if not path.startswith(tuple(CLOCK_READERS))
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and clock.fullmatch(dotted(node))
    ]
    assert readers == []


def test_people_are_read_through_one_door():
    others = [
        f"{path}:{node.lineno}"
        for path, module in modules().items()
        if path not in PERSON_DOORS
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and "Person" in {name.name for name in node.names})
        or (isinstance(node, ast.Attribute) and dotted(node).endswith("models.Person"))
    ]
    assert others == []


def test_every_error_has_a_stable_code_and_says_what_to_do():
    kinds = {kind.__name__ for kind in errors.KINDS}
    for path, module in modules().items():
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and dotted(node.func) in kinds):
                continue
            place = f"{path}:{node.lineno}"
            if isinstance(node.args[0], ast.Constant):
                assert re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", node.args[0].value), place
            assert "hint" in {keyword.arg for keyword in node.keywords}, f"{place} has no hint"


def test_the_taxonomy_is_complete():
    table = {kind.__name__: (kind.exit_code, kind.http_status) for kind in errors.KINDS}
    assert table == {
        "InputError": (2, 422),
        "AccessError": (3, 404),
        "TurnError": (4, 409),
        "PeerError": (5, 422),
        "RuleError": (6, 409),
        "InfeasibleError": (7, 409),
        "TamperError": (8, 409),
        "EngineError": (9, 503),
    }
    assert set(errors.KINDS) == set(errors.HomewardError.__subclasses__())


def test_no_file_names_a_machine():
    machine = re.compile(rb"/(work|Users)/\w|/home/\w|/root/\w|python" + rb"hosted")
    assert [path for path, data in tree().items() if machine.search(data)] == []


@pytest.mark.shared
def test_no_sentence_of_the_press_is_in_the_tree(shared_dir):
    article = (shared_dir / "data/statements/seed-article.txt").read_text("utf-8")
    plain = " ".join(article.split())
    sentences = [s for s in re.split(r"(?<=[.!?\u2019])\s", plain) if len(s) >= 40]
    assert len(sentences) > 5
    for path, data in tree().items():
        text = " ".join(data.decode("utf-8", "ignore").split())
        assert not [s for s in sentences if s in text], f"{path} repeats the article"
