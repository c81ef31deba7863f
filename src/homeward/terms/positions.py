"""On which line of a TOML text each key stands: `tomllib` does not tell.

Rules of this file:
- The text is one that `tomllib` has read. So nothing is judged here, and nothing refused.
- A path is a tuple of keys, and of numbers where a table or a value is one of several:
  `("clause", 0, "flows", 1)` is the second flow of the first clause.
- Strings and arrays over several lines, comments, quoted and dotted keys, inline tables
  and arrays of tables are followed; what is inside a string is never taken for a key.
- No recursion, and no path longer than `_DEPTH_MAX`: however deep a value is nested, it
  costs its length.

Source: TOML 1.0.0, toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_DEPTH_MAX = 16
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY_PART = re.compile(
    r"""[ \t]*(?:(?P<bare>[A-Za-z0-9_-]+)|(?P<quoted>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'))[ \t]*"""
)
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> Mapping[Path, int]:
    """Find the line of every table, key and array item.

    Args:
        text: A TOML document that `tomllib` has read.

    Returns:
        Path -> line, from 1. A table that several headers or dotted keys make has the
        line of the first.
    """
    return _Scanner(text).scan()


class _Scanner:
    """One walk over a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [m.end() for m in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        base: Path = ()
        while self._skip_blank() < len(self.text):
            base = self._statement(base)
        return self.lines

    def _statement(self, base: Path) -> Path:
        """Read a header or `key = value`; return the table that is open after it."""
        begin = self.at
        if self.text.startswith("[[", begin):
            self.at += 2
            *parents, last = self._key()
            self.at += 2
            path = (*self._inside(parents), last)
            self.counts[path] = self.counts.get(path, 0) + 1
            self._note((), path, begin)
            path = (*path, self.counts[path] - 1)
            self._note((), path, begin)
            return path
        if self.text[begin] == "[":
            self.at += 1
            path = self._inside(self._key())
            self.at += 1
            self._note((), path, begin)
            return path
        path = (*base, *self._key())
        self.at += 1
        self._note(base, path, begin)
        self._value(path)
        return base

    def _value(self, path: Path) -> None:
        """Read one value, with whatever is nested in it."""
        nested: list[list[Path | int]] = []  # each: the path, and the number of items so far or -1
        self._begin_value(path, nested)
        while nested:
            self._skip_blank()
            inner, count = nested[-1]
            assert isinstance(inner, tuple), "a path stands first"
            mark = self.text[self.at]
            if mark in ",]}":
                self.at += 1
                if mark != ",":
                    nested.pop()
            elif count == -1:
                begin, key = self.at, self._key()
                self.at += 1
                path = (*inner, *key)[:_DEPTH_MAX]
                self._note(inner, path, begin)
                self._begin_value(path, nested)
            else:
                assert isinstance(count, int), "a number stands second"
                nested[-1][1] = count + 1
                path = (*inner, count)[:_DEPTH_MAX]
                self._note(inner, path, self.at)
                self._begin_value(path, nested)

    def _begin_value(self, path: Path, nested: list[list[Path | int]]) -> None:
        """Step over a scalar, or into an array or an inline table."""
        self._skip_blank()
        if self.text[self.at] in "[{":
            nested.append([path, 0 if self.text[self.at] == "[" else -1])
            self.at += 1
            return
        found = _STRING.match(self.text, self.at) or _BARE_VALUE.match(self.text, self.at)
        assert found is not None, "the second pattern matches anything"
        self.at = found.end()

    def _key(self) -> list[str]:
        """Read a key of one or more parts, and the blanks after it."""
        parts = []
        while found := _KEY_PART.match(self.text, self.at):
            self.at = found.end()
            quoted = found["quoted"]
            parts.append(found["bare"] or tomllib.loads(f"k = {quoted}")["k"])
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return parts

    def _inside(self, keys: list[str]) -> Path:
        """Return the path of a header's table: of several tables, in the last so far."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _note(self, base: Path, path: Path, at: int) -> None:
        line = bisect_right(self.starts, at) + 1
        for length in range(len(base) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _skip_blank(self) -> int:
        found = _BLANK.match(self.text, self.at)
        assert found is not None, "the pattern matches nothing as well"
        self.at = found.end()
        return self.at
