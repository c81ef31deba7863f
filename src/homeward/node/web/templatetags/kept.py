# mypy: disable-error-code="misc"
# mypy: disallow-untyped-decorators=False, disallow-subclassing-any=False
# Django ships no types, so its classes and decorators are untyped to the type checker.
"""Markup that is the same on every page of its kind, rendered once.

Rules of this file:
- What stands inside depends on the reader's language and on the values named in the tag,
  and on nothing else: no token of a form, nothing about a person.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.translation import get_language

register = template.Library()

_MAX = 1_000


class Kept(template.Node):
    """The part of one template between `kept` and `endkept`."""

    def __init__(self, nodelist: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist, self._values = nodelist, values
        self._rendered: dict[tuple[Any, ...], str] = {}

    def render(self, context: template.Context) -> str:
        """Return the markup for these values, rendered at the first time."""
        key = (get_language(), *(value.resolve(context) for value in self._values))
        found = self._rendered.get(key)
        if found is None:
            found = self.nodelist.render(context)
            if len(self._rendered) >= _MAX:
                self._rendered.clear()
            self._rendered[key] = found
        return found


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """Render a part once for a language and some values: `{% kept kind %}…{% endkept %}`."""
    values = [parser.compile_filter(text) for text in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, values)
