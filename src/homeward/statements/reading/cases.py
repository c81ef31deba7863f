"""What case says in Russian and Ukrainian of a party that no preposition governs.

Rules of this file:
- The dative is to whom people go ("Киеву переданы 40"), the instrumental by whom
  ("освобождены Москвой"); whoever stands in the accusative does not act.
- A name joined by "and" to one that a preposition or a case governs is governed alike.
- The land "under the control of Kyiv" is Kyiv's land, whatever case that stands in.
- A people alone in the dative by a verb of letting go is to whom others go.
- What is thanked stands in the dative in Ukrainian, and receives nobody.
- Endings that several cases share say nothing, and names that are not declined have no case.
"""

from __future__ import annotations

import re

from homeward.statements.reading.marked import Marked, Mention, preposition
from homeward.statements.reading.pack import Pack
from homeward.statements.reading.tokens import Token

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ADJECTIVE = re.compile(r"(ск|цк|ськ|цьк)\w{1,3}$")
_INSTRUMENTAL = re.compile(r"(ом|ем|єм|ой|ою|ею|єю|ами|ями|ским|ським)$")
_OF_NAMES = re.compile(r"ей$")
_DATIVE = re.compile(r"(ам|ям|ому|ему|ові|еві|єві|[ую])$")
_OF_FEMININES = re.compile(r"[бвгджзклмнпрстфхцчшщ][еі]$")
_ACCUSATIVE = re.compile(r"[иі]ю$")
_DECLINED = re.compile(r"[аяьйбвгджзклмнпрстфхцчшщ]$")
_NO_RECEIVER = ("thank", "facilitate", "mediate", "contradicting", "according")
_NEAR = 4
_NAMES = frozenset({"name", "seat", "actor", "alias"})


def govern(marked: Marked, pack: Pack) -> None:
    """Give the parties of a sentence that stand in a case the preposition that it stands for.

    Args:
        marked: The sentence; `prep` and `case` of its mentions are set.
        pack: Of its language.
    """
    before: Mention | None = None
    for mention in marked.mentions:
        controlled = marked.tagged("controlled", start=mention.start - 1, end=mention.start)
        if controlled:
            mention.prep = preposition(marked, _land(marked, controlled[0]))
            mention.prep = "from" if mention.prep == "with" else mention.prep
        elif mention.prep in {"from", "to"} or _is_goal(marked, mention, pack):
            mention.case = _case(marked, mention, pack)
            mention.prep = _by_case(marked, mention)
        elif not mention.prep and mention.form in {*_NAMES, "office"}:
            if before is not None and _joined(marked, before, mention):
                mention.prep, mention.case = before.prep, before.case
            else:
                mention.case = _case(marked, mention, pack)
                mention.prep = _stands_for(marked, mention)
        elif not mention.prep and mention.form == "people" and _is_receiver(marked, mention):
            mention.prep = "to"
        before = mention


def _is_receiver(marked: Marked, mention: Mention) -> bool:
    """Return whether a people stands alone in the dative by a verb of letting go: "украинцам"."""
    noun = marked.tokens[mention.end - 1].norm
    counted = marked.number_at(mention.start - 1) is not None
    near = marked.any("release", start=mention.start - _NEAR, end=mention.end + _NEAR)
    return near and not counted and bool(_CYRILLIC.match(noun)) and noun.endswith(("ам", "ям"))


def _land(marked: Marked, at: int) -> int:
    """Return where the land begins of which an adjective says who controls it."""
    while at > 0 and not marked.tokens[at - 1].has("from", "to", "in", "with"):
        at -= 1
        if marked.tokens[at].kind == "mark" and marked.tokens[at].norm != ",":
            break
    return at


def _is_goal(marked: Marked, mention: Mention, pack: Pack) -> bool:
    """Return whether a word that is "on" and "to" has a name in the accusative behind it."""
    onto = marked.tokens[mention.start - 1].norm == "на" and mention.prep == "in"
    named = mention.form in {"name", "seat"}
    return onto and named and _case(marked, mention, pack) == "accusative"


def _by_case(marked: Marked, mention: Mention) -> str:
    """Return what a preposition means that case tells apart: "з Києва", "з Києвом"."""
    near = marked.tokens[max(0, mention.start - 2) : mention.start]
    if mention.prep == "in":
        return "to"  # "на Украину"
    if mention.case == "instrumental" and any(t.has("with") for t in near):
        return "with"
    office = mention.form == "office" and mention.case != "accusative"
    if (
        office
        and mention.prep == "to"
        and any(t.has("to") and t.has("in") and not t.norm.isascii() for t in near)
    ):
        return "in"  # "в ведомстве рассказали"
    return mention.prep


def _whole(tokens: list[Token], noun: Token) -> Token:
    """Return the last piece of a noun with hyphens: it alone is declined."""
    for after in tokens[tokens.index(noun) + 1 :]:
        if not after.glued:
            break
        noun = after
    return noun


def _joined(marked: Marked, before: Mention, mention: Mention) -> bool:
    between = marked.tokens[before.end : mention.start]
    joint = len(between) == 1 and between[0].has("and")
    governed = before.prep in {"between", "by"} and before.form in {*_NAMES, "office"}
    return joint and governed and bool(_CYRILLIC.match(marked.tokens[mention.start].norm))


def _stands_for(marked: Marked, mention: Mention) -> str:
    if mention.case == "instrumental":
        return "by"
    low = mention.start
    while low > max(0, mention.start - _NEAR) and marked.tokens[low - 1].kind != "mark":
        low -= 1
    near = marked.any(*_NO_RECEIVER, start=low, end=mention.start)
    return "to" if mention.case == "dative" and not near else ""


def _is_fronted(marked: Marked, mention: Mention) -> bool:
    """Return whether a name opens a clause of giving: "… 40, России передали 12"."""
    at, tokens = mention.start, marked.tokens
    if at == 0:
        return True
    opens = tokens[at - 1].norm in ",;:" or tokens[at - 1].has("while", "and")
    listed = any(m.end == at - 1 for m in marked.mentions)
    given = marked.any("release", start=mention.end, end=mention.end + 3)
    behind = tokens[mention.end : mention.end + 1]
    dashed = marked.any("release", end=at) and bool(behind) and behind[0].norm in "—–"
    return opens and not listed and (given or dashed)


def _is_genitive(word: str, pack: Pack) -> bool:
    """Return whether a name stands in the genitive by its ending: "Москвы", "Путина", "Києва"."""
    if word == "сторона":
        return False
    if word.endswith(("ого", "его")):
        return True
    if word.endswith(("ы", "и")):
        singular = pack.words.knows(f"{word[:-1]}а") and any(
            pack.words.knows(word[:-1] + end) for end in "еі"
        )
        return word[:-1] + "а" in pack.nominatives or singular
    if word.endswith("я") and f"{word[:-1]}ь" in pack.nominatives:
        return True
    if word.endswith("я") and pack.words.knows(f"{word[:-1]}ь"):
        return True
    return word.endswith("а") and (word[:-1] in pack.nominatives or pack.words.knows(word[:-1]))


def _case(marked: Marked, mention: Mention, pack: Pack) -> str:
    """Return the case of a mention's noun; empty if its ending leaves that open."""
    tokens = [t for t in marked.tokens[mention.start : mention.end] if t.kind == "word"]
    if not tokens or not _CYRILLIC.match(tokens[0].norm):
        return ""
    office = mention.form == "office"
    nouns = [t for t in tokens if not (office and _ADJECTIVE.search(t.norm))] or tokens
    headed = office or mention.form == "actor"  # "the government of Vale": its noun is the first
    noun = _whole(tokens, nouns[0]) if headed else nouns[-1]
    word = noun.norm
    if any(t.norm.endswith(("ого", "его", "ої")) for t in tokens[: tokens.index(noun)]):
        return "oblique"
    before = marked.tokens[mention.start - 1] if mention.start else noun
    if office and word.endswith("у") and before.has("people", "soldiers", "civilians"):
        return "oblique"  # "40 прихильників уряду"
    if noun.text.isupper() and len(word) > 1:
        return ""
    if word in pack.nominatives:
        return "nominative" if _DECLINED.search(word) else ""
    if word.endswith(("ии", "ії")):
        return "dative" if mention.form == "name" and _is_fronted(marked, mention) else "oblique"
    return "oblique" if _is_genitive(word, pack) else _by_ending(word, pack, office=office)


def _by_ending(word: str, pack: Pack, *, office: bool) -> str:
    """Return the case that the ending of a noun tells, if it is one that others do not share."""
    if word in pack.accusatives or _ACCUSATIVE.search(word):
        return "accusative"
    if _INSTRUMENTAL.search(word) or (not office and _OF_NAMES.search(word)):
        return "instrumental"
    if _DATIVE.search(word) or _OF_FEMININES.search(word):
        return "accusative" if word == "сторону" else "dative"
    return ""
