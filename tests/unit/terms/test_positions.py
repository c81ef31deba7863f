"""The line of every key, in whatever layout TOML allows."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from homeward.terms.positions import lines_of

TRICKY = '''\
# [[clause]] in a comment
a = "x # no comment, [no] header"   # "a comment
"b c" = """
[no.header]
d = 1 \\" """
e = \'\'\'
f = 2
""" \'\'\'
[ g . "h.i" ]
j.k = [
  1, # one ]
  [ 2, 3 ],
  """
4""",
]
[[l]]
m = { n = "}", o = [ { p = 1 }, { p = 2 } ] }
[[l]]
m = 2031-01-02 03:04:05
[l.q]
r = 0
[[l.s]]
[[l.s]]
t = 1
'''


def paths_of(value, path=()):
    """Return every path of a parsed document, tables and items included."""
    found = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        inner = paths_of(item, (*path, key)) if isinstance(item, dict | list) else {(*path, key)}
        found |= inner
    return found


def test_tricky_layouts_are_followed():
    lines = lines_of(TRICKY)
    assert set(lines) == paths_of(tomllib.loads(TRICKY))
    expected = {
        ("a",): 2,
        ("b c",): 3,
        ("e",): 6,
        ("g",): 9,
        ("g", "h.i", "j", "k"): 10,
        ("g", "h.i", "j", "k", 0): 11,
        ("g", "h.i", "j", "k", 1, 1): 12,
        ("g", "h.i", "j", "k", 2): 13,
        ("l",): 16,
        ("l", 0, "m", "o", 1, "p"): 17,
        ("l", 1): 18,
        ("l", 1, "m"): 19,
        ("l", 1, "q", "r"): 21,
        ("l", 1, "s", 0): 22,
        ("l", 1, "s", 1): 23,
        ("l", 1, "s", 1, "t"): 24,
    }
    assert {path: lines[path] for path in expected} == expected


words = st.text("ab[]{}#=,.\"'", max_size=8)
keys = st.sampled_from(["k", "K-1", '"q r"', "'s.t'", "7", '"u\\"v"', '"\\u0077"'])
blank = st.sampled_from(["", "", "\n", "# [x] y = 1\n", "   \n"])


def multiline(text):
    safe = text.replace("\\", "").replace('"', "")
    return f'"""\n{safe}\nk = 1\n[z]"""'


scalars = st.one_of(
    st.integers(-9, 99).map(str),
    st.sampled_from(["true", "2031-01-02", "2031-01-02T03:04:05", "0x1f"]),
    words.map(lambda t: '"' + t.replace('"', '\\"') + '"'),
    words.map(lambda t: "'" + t.replace("'", "") + "'"),
    words.map(multiline),
    words.map(lambda t: "'''\n" + t.replace("'", "") + "\n[y]\n'''"),
)


@st.composite
def values(draw, depth=2):
    """Draw a value as text, and (path, line offset) of whatever is inside it."""
    kind = draw(st.sampled_from(["scalar", "array", "table"])) if depth else "scalar"
    if kind == "scalar":
        return draw(scalars), []
    text, found = ("[" if kind == "array" else "{"), []
    inner_keys = draw(st.lists(keys, max_size=3, unique_by=read_key))
    for number in range(len(inner_keys)):
        text += ("," if number else "") + (draw(blank) if kind == "array" else "")
        inner, deeper = draw(values(depth - 1))
        name = number if kind == "array" else read_key(inner_keys[number])
        line = text.count("\n")
        if kind == "table":
            text += f" {inner_keys[number]} = "
        found.append(((name,), line))
        found += [((name, *path), line + offset) for path, offset in deeper]
        text += inner
    return text + ("]" if kind == "array" else "}"), found


def read_key(text):
    return next(iter(tomllib.loads(f"{text} = 1")))


@st.composite
def layouts(draw):
    """Draw a document as text, and the line of every path in it."""
    text, lines = "", {}

    def body(base):
        nonlocal text
        for name in draw(st.lists(keys, max_size=3, unique_by=read_key)):
            text += draw(blank)
            inner, found = draw(values())
            path, line = (*base, read_key(name)), text.count("\n") + 1
            lines.setdefault(path, line)
            for deeper, offset in found:
                lines.setdefault((*path, *deeper), line + offset)
            text += f"{draw(st.sampled_from(['', '  ']))}{name} = {inner}" + draw(
                st.sampled_from(["\n", "  # c = 3 [d]\n", "\r\n"])
            )

    body(())
    for number in range(draw(st.integers(0, 3))):
        text += draw(blank)
        line = text.count("\n") + 1
        if draw(st.booleans()):
            lines.setdefault(("tables",), line)
            count = sum(len(path) == 2 and path[0] == "tables" for path in lines)
            lines[("tables", count)] = line
            text += "[[ tables ]] # e\n"
            body(("tables", count))
        else:
            lines[(f"t{number}",)] = lines[(f"t{number}", "in")] = line
            text += f'[t{number} . "in"]\n'
            body((f"t{number}", "in"))
    return text, lines


@given(layouts())
def test_every_key_of_every_document_has_its_line(drawn):
    text, expected = drawn
    assert paths_of(tomllib.loads(text)) == set(expected)
    assert dict(lines_of(text.replace("\r\n", "\n"))) == expected
    assert dict(lines_of(text)) == expected


def test_deep_nesting_costs_its_length_and_no_recursion():
    deep = 40_000
    lines = lines_of("x = " + "[" * deep + "]" * deep + "\ny = 1\n")
    assert lines[("y",)] == 2
