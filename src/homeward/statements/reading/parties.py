"""Who takes part: names that stand for an office, a state's rebels, invented countries.

Rules of this file:
- A surname beside an office speaks for it in the rest of the text.
- A capitalised word of no known party is a country only by grammar: it owns an office or
  people, it stands in "between X and Y", or it speaks and hands over; and only where the text
  names fewer than two known belligerents. Its code is X and its first letter.
- A word that shares its beginning with an invented country is its people or its adjective.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from homeward.statements.reading import arabic
from homeward.statements.reading.marked import (
    Marked,
    Mention,
    absorb_states,
    preposition,
    rejoin,
)
from homeward.statements.reading.pack import Pack
from homeward.statements.reading.sides import third_parties
from homeward.statements.reading.tokens import Token

_MOVES = ("exchange", "release", "receive", "return")
_TAKING = ("rules_out", "willing", "proposes", "dismisses")
_LIKELY_MAX = 40  # junk may hold any number of capitalised words
_STEM_MIN = 4
_CASE = 2  # letters that a case adds to a short name
_ASIDE = 8  # tokens of an aside between commas
_ADJECTIVE = re.compile(
    r"(ий|і|и)?(ск|ськ|цк|цьк)(ий|ого|ому|им|ая|ой|ую|ое|ие|их|ими|ій|ої|а|у|е|і)$"
)
_PEOPLE = re.compile(r"[иі]й?(ц|єц|ец)[а-яії]*")
_GENITIVE = re.compile(r"[а-яіїє]{3,}(ии|ії|[аяуюы])$")
_LATIN_OF = dict(
    zip("абвгдежзийклмнопрстуфхцчшщэюяіїєґ", "ABVGDEZZIJKLMNOPRSTUFHCCSSEUAIIEG", strict=True)
)
_ARABIC_OF = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ABTTJHKDDRZSSSDTZAGVQKLMNHWY", strict=True))


def find_aliases(sentences: Sequence[Marked]) -> None:
    """Let surnames beside an office stand for it.

    Args:
        sentences: Of one text; mentions are added to them.
    """
    known: dict[str, tuple[str, str]] = {}
    for marked in sentences:
        for mention in list(marked.mentions):
            if mention.form == "office":
                for name in _names_beside(marked, mention):
                    known.setdefault(_stem(name), (mention.party, mention.office))
    if not known:
        return
    for marked in sentences:
        covered = {at for m in marked.mentions for at in range(m.start, m.end)}
        for at, token in enumerate(marked.tokens):
            if (
                at in covered
                or not token.capital
                or _stem(token) not in known
                or at in marked.months
            ):
                continue
            party, office = known[_stem(token)]
            beside = any(m.form == "office" and m.end <= at <= m.end + 3 for m in marked.mentions)
            if not beside:
                marked.mentions.append(
                    Mention(at, at + 1, party, "alias", office, preposition(marked, at))
                )
        marked.mentions.sort(key=lambda m: m.start)


def find_invented(sentences: Sequence[Marked], pack: Pack) -> None:
    """Recognise countries that no gazetteer knows, by grammar.

    Args:
        sentences: Of one text; mentions are added.
        pack: Of its language.
    """
    known = {
        m.party
        for marked in sentences
        for m in marked.mentions
        if m.party
        and not m.organisation
        and m.prep != "in"
        and m.start not in third_parties(marked)
    }
    if len(known) >= 2 or any(party in pack.adversaries for party in known):
        return
    stems, first = _countries(sentences, pack, wanted=2 - len(known))
    if not stems:
        return
    codes: dict[str, str] = {}
    for stem in sorted(stems, key=lambda s: first[s].start):
        same = next((o for o in codes if stem.startswith(o[: _STEM_MIN + 1])), None)
        if same is None:
            codes[stem] = _code(stem, set(codes.values()))
        elif len(stem) < len(same):
            codes[stem] = codes[same]  # "the Northlanders" were named before Northland
    for marked in sentences:
        _add_invented(marked, codes)


def _countries(
    sentences: Sequence[Marked], pack: Pack, *, wanted: int
) -> tuple[list[str], dict[str, Token]]:
    """Return the capitalised words that grammar makes countries, best first.

    Where the text names too few sides, a word in the middle of a sentence may be one that
    grammar says little about.
    """
    votes: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    first: dict[str, Token] = {}
    for marked in sentences:
        covered = {at for m in marked.mentions for at in range(m.start, m.end)}
        for at, token in enumerate(marked.tokens):
            if at in covered or not _may_be_country(marked, at, pack):
                continue
            stem = _stem(token)
            first.setdefault(stem, token)
            seen[stem] += 1
            votes[stem] += _votes(marked, at)
            inside[stem] += at > 0 and preposition(marked, at) != "in"
    for marked in sentences:
        for token in marked.tokens:
            if not token.capital and _ADJECTIVE.search(token.norm):
                votes[_shape(token.norm)] += (
                    _shape(token.norm) in first
                )  # "Dornish", in small letters
    likely = sorted(first, key=lambda stem: -votes[stem])[:_LIKELY_MAX]
    for stem in likely:
        kin = [other for other in likely if other != stem and _kin(other, stem)]
        votes[stem] += len(kin) + (1 if inside[stem] > 1 else 0)
    for stem, token in first.items():
        votes[stem] -= bool(arabic.stem_of(token)) and seen[stem] == 1 and votes[stem] == 2
    ranked = sorted(first, key=lambda stem: (-votes[stem], -inside[stem], first[stem].start))
    stems = [stem for stem in ranked if votes[stem] >= 2][:6]
    if len(stems) < wanted:
        rest = [stem for stem in ranked if stem not in stems and (votes[stem] or inside[stem])]
        stems += rest[: wanted - len(stems)]
    return stems, first


def _add_invented(marked: Marked, codes: dict[str, str]) -> None:
    covered = {at for m in marked.mentions for at in range(m.start, m.end)}
    for at, token in enumerate(marked.tokens):
        if at in covered or token.kind != "word":
            continue
        if arabic.stem_of(token):
            _add_arabic(marked, at, codes)
            continue
        if len(token.norm) < _STEM_MIN - 1:
            continue
        for form in token.forms:
            fits = [s for s in codes if _begins(form, s, capital=token.capital) or _kin(form, s)]
            stem = max(fits, key=len) if fits else None
            if stem is None:
                continue
            kind = _kind_of(marked, at, form, stem)
            marked.mentions.append(
                Mention(at, at + 1, codes[stem], kind, "", preposition(marked, at))
            )
            break
    marked.mentions.sort(key=lambda m: m.start)
    rejoin(marked)
    absorb_states(marked)


def _kind_of(marked: Marked, at: int, form: str, stem: str) -> str:
    """Return whether a word names an invented land, its people, or is its adjective."""
    token = marked.tokens[at]
    if _ADJECTIVE.search(form):
        return "adj"
    if stem == _shape(form):
        counted = at > 0 and marked.tokens[at - 1].kind == "number"
        noun = marked.any("soldiers", "people", "civilians", start=at + 1, end=at + 2)
        return "people" if counted and not noun else "name"
    if token.capital and len(form) < len(stem):
        return "name"  # "Karelia", where the Karelians were named first
    if not (token.capital or len(token.forms) > 1):
        return "adj"
    return "people" if form[-1] in "sцив" else "adj"


def _add_arabic(marked: Marked, at: int, codes: Mapping[str, str]) -> None:
    """Add an invented land of an Arabic text, or its adjective, if a word is one."""
    for stem, code in codes.items():
        kind = arabic.kind_of(marked.tokens[at], stem)
        if kind:
            marked.mentions.append(Mention(at, at + 1, code, kind, "", preposition(marked, at)))
            return


def _names_beside(marked: Marked, office: Mention) -> list[Token]:
    """Return the surname written beside an office, and in apposition to it."""
    tokens = marked.tokens
    run: list[Token] = []
    at = office.end
    while at < min(len(tokens), office.end + 4) and _is_name(marked, at):
        run.append(tokens[at])
        at += 1
    before: list[Token] = []
    at = office.start - 1
    if at > 0 and tokens[at].norm == ",":
        at -= 1
        while at >= 0 and len(before) < 3 and _is_name(marked, at):
            before.append(tokens[at])
            at -= 1
    found = run[-1:] if run else []
    return found + (before[:1] if len(before) >= 2 else [])


def _is_name(marked: Marked, at: int) -> bool:
    token = marked.tokens[at]
    return (
        token.kind == "word"
        and token.capital
        and len(token.text) > 2
        and not token.tags
        and marked.number_at(at) is None
        and at not in marked.months
        and at not in marked.weekdays
        and not any(m.start <= at < m.end for m in marked.mentions)
    )


def _may_be_country(marked: Marked, at: int, pack: Pack) -> bool:
    if _is_adjective(marked, at) or arabic.votes_for(marked, at):
        return True
    if not _is_name(marked, at) or len(marked.tokens[at].norm) < _STEM_MIN - 1:
        return False
    tokens = marked.tokens
    owner = tokens[at].norm.endswith(("ии", "ії", "ы")) and _is_owner(marked, at)
    if at and tokens[at - 1].norm in pack.titles and not owner:
        return False
    holder = (m for m in marked.mentions if m.start == at + 1 and m.form == "office" and m.party)
    if any(m.end == at + 2 and tokens[at + 1].capital for m in holder):
        return False  # the first name of a known person
    # Two capitalised words in a row are a person's name, unless the first opens the sentence.
    follows = (
        at + 1 < len(tokens)
        and tokens[at + 1].start - tokens[at].end <= 1
        and _is_name(marked, at + 1)
    )
    follows = follows and not _is_owner(marked, at)
    follows = follows or marked.any("place_word", start=at + 1, end=at + 2)  # "the Lim district"
    leads = at > 1 and tokens[at].start - tokens[at - 1].end <= 1 and _is_name(marked, at - 1)
    return not follows and not leads


def _is_owner(marked: Marked, at: int) -> bool:
    """Return whether a Slavic genitive behind an office says whose it is: "president of Vale Name"."""
    office = any(m.end == at and m.form == "office" and not m.party for m in marked.mentions)
    return office and bool(_GENITIVE.search(marked.tokens[at].norm))


def _is_adjective(marked: Marked, at: int) -> bool:
    """Return whether a Slavic adjective of an unknown land says whose an office or whose men are."""
    token = marked.tokens[at]
    if token.tags or token.glued or not _ADJECTIVE.search(token.norm):
        return False
    office = any(m.start == at + 1 and m.form == "office" for m in marked.mentions)
    return office or marked.any("soldiers", start=at + 1, end=at + 2)


def _votes(marked: Marked, at: int) -> int:
    """Return how much the grammar around a capitalised word speaks for a country."""
    if _is_adjective(marked, at):
        return 2
    told = arabic.votes_for(marked, at)
    if told:
        return told
    tokens = marked.tokens
    after = tokens[at + 1 : at + 4]
    votes = 3 * any(token.has("state_word") for token in tokens[max(0, at - 3) : at])
    votes += _votes_behind(marked, at, after) + _votes_of_preposition(marked, at)
    if at >= 2 and tokens[at - 1].has("and") and tokens[at - 2].capital:
        votes += 2 * marked.any(*_MOVES, start=at + 1, end=at + 3)
        votes += 2 * marked.any("say", start=at - 4, end=at - 2)  # "said Vale and Orland"
    listed = (
        len(after) > 1
        and after[0].norm == ","
        and (after[1].kind == "number" or after[1].has("which", "pronoun"))
    )
    votes += bool(after) and (after[0].kind == "number" or listed)
    votes += bool(after and after[0].kind == "number" and at and tokens[at - 1].has("and"))
    tail = marked.any("say", start=at - 1, end=at) and any(
        t.norm in ",»”" for t in tokens[at - 4 : at]
    )
    votes += 2 * (at > 4 and tail)  # "…, said Vale"
    votes += 2 * marked.any("contradicting", start=at - 2, end=at)
    votes += 2 * marked.any("side_word", start=at - 3, end=at - 1)
    votes += bool(
        listed and at <= 1 and after[1].has("which", "pronoun")
    )  # "Vale, which lent its buses,"
    votes += 2 * marked.any("mediate", "hosted", "thank", start=at - 4, end=at + 5)
    counted = at > 0 and marked.number_at(at - 1) is not None
    votes += 3 * (counted and tokens[at].norm.endswith("s"))  # "12 Northlanders"
    offices = [m for m in marked.mentions if m.form == "office" and not m.party]
    votes += 2 * (tokens[at].norm.endswith(("ии", "ії")) and _is_owner(marked, at))
    return votes + any(m.end <= at <= m.end + 2 for m in offices)


def _votes_behind(marked: Marked, at: int, after: Sequence[Token]) -> int:
    """Return what the words behind speak for: "X's army", "X said", "X and Y exchanged"."""
    if not after:
        return 0
    first, second, third = [*after, None, None][:3]
    assert first is not None
    if first.norm == "'" and second is not None and second.norm == "s":
        office = any(m.form == "office" and at < m.start <= at + 5 for m in marked.mentions)
        owned = marked.any("soldiers", "people", "captivity", "instrument", start=at, end=at + 5)
        acting = marked.any("say", "rejects", *_TAKING, start=at + 3, end=at + 7)
        return 3 * (office or owned) or 2 * acting
    if at <= 1 and first.norm == "," and _says_behind_aside(marked, at + 1):
        return 2  # "Vale, for its part, said"
    owner = any(m.start == at + 1 and m.form == "office" and not m.party for m in marked.mentions)
    if owner or first.has("say", "rejects", "insist", "silent", "negation", *_TAKING, *_MOVES):
        return 2  # "the Vale ministry", "Vale said"
    if first.has("passive", "planned", "aux") and any(t.has(*_MOVES) for t in after[1:]):
        return 2  # "Vale is to send home 46"
    if second is not None and first.has("own", "negation", "passive", "planned"):
        return 2 * second.has("say", *_TAKING, *_MOVES)
    if second is not None and third is not None and first.has("and") and second.capital:
        return 2 * third.has(*_MOVES, "say", "each", "aux", "planned", "passive")
    return 2 * first.has("soldiers", "people", "civilians")


def _says_behind_aside(marked: Marked, comma: int) -> bool:
    """Return whether a word of saying or moving stands right behind an aside between commas."""
    tokens = marked.tokens
    last = (k for k in range(comma + 2, min(len(tokens), comma + _ASIDE)) if tokens[k].norm == ",")
    end = next(last, None)
    return end is not None and marked.any("say", *_MOVES, start=end + 1, end=end + 3)


def _votes_of_preposition(marked: Marked, at: int) -> int:
    """Return what the preposition before speaks for: "between X and", "to X", "army of X"."""
    prep = preposition(marked, at)
    if prep == "between":
        return 3
    if prep in {"of", "from", "in", ""} and marked.any("agree", "talks", start=at - 2, end=at + 2):
        return -2  # "the Lim agreement" names a place
    if prep == "from" and marked.tokens[at - 1].has("of"):
        return 1  # one word is "of" and "from" in Spanish and French
    if prep == "with" and marked.any("talks", *_TAKING, start=at - 6, end=at):
        return 2
    if any(m.form == "office" and at - 2 <= m.end <= at for m in marked.mentions):
        return 0  # "the ambassador to Lim"
    if prep in {"to", "from", "with", "by"}:
        return 2 * marked.any(*_MOVES, "soldiers", "people", "captivity")
    if prep != "of":
        return 0
    office = any(m.form == "office" and at - 4 <= m.start < at for m in marked.mentions)
    return 3 if office else 2 * marked.any("soldiers", "people", start=at - 4, end=at)


def _shape(word: str) -> str:
    """Return a word without the ending that case, or an adjective's making, gives it."""
    made = _ADJECTIVE.search(word)
    short = made is not None and made.group().startswith(("ий", "ій"))  # "тавийский" of "Тавия"
    if made and made.start() >= _STEM_MIN - short:
        return word[: made.start()]
    if word and "а" <= word[0] <= "ӿ" and len(word) > _STEM_MIN:
        return word.rstrip("аяуюоеєиіїйьыэ") or word
    return word


def _stem(token: Token) -> str:
    if name := arabic.stem_of(token):
        return name
    return _shape(token.forms[-1] if len(token.forms) > 1 and token.forms[-1] else token.norm)


def _begins(form: str, stem: str, *, capital: bool) -> bool:
    """Return whether a word begins with a country's stem; of a short one only its own forms do."""
    if len(stem) >= _STEM_MIN or (capital and len(form) - len(stem) <= _CASE):
        return form.startswith(stem)
    return _shape(form) == stem or bool(_PEOPLE.fullmatch(form.removeprefix(stem)))


def _kin(form: str, stem: str) -> bool:
    """Return whether a word begins like an invented country and is a little longer or shorter."""
    shared = 0
    for a, b in zip(form, stem, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= max(_STEM_MIN, len(stem) - 2) and len(form) - shared <= 5


def _code(stem: str, taken: set[str]) -> str:
    """Return X and the first letter that is still free."""
    stem = f"o{stem[2:]}" if stem.startswith("او") else stem  # Arabic "Orland"
    letters = [_LATIN_OF.get(letter) or _ARABIC_OF.get(letter) or letter.upper() for letter in stem]
    letters = [letter for letter in letters if letter.isascii() and letter.isalpha()]
    for letter in [*letters, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]:
        if f"X{letter}" not in taken:
            return f"X{letter}"
    return "XX"
