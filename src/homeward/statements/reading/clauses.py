"""Sentences to clauses, each with its verbs and who acts in it.

Rules of this file:
- A clause has one verb of movement (or several that nothing parts). Between two verbs the
  strongest joint parts them: semicolon, colon, dash, a comma or a conjunction of contrast,
  `and`; of equal ones the last.
- Who acts: the party before the verb that no preposition governs and that says whose people
  none are; after the verb where the language or a quotation puts it there; with none, whoever
  acted in the clause before, unless "it was" leaves it out.
- "Contradicting X" makes X neither actor nor speaker of what follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.quantity import Quantity

MOVES = ("exchange", "release", "receive", "return")
_VERBS = (*MOVES, "held", "casualty", "taken", "say", "mediate", "rejects")


_OBLIQUE = ("accusative", "dative", "oblique")
_OPENING = frozenset(':«"“.')
_REACH = 12
_GAP = 3
_VERB_NEAR = 3  # tokens between "which" and its verb
_IMPERSONAL = re.compile(
    r"[а-яіїє]{3,}([ае]но|[аиуі]то)$"
)  # Slavic passives that nobody is subject of
_ARABIC = re.compile(r"[\u0621-\u064a]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


@dataclass(slots=True)
class Clause:
    """Tokens `start` to `end` of a sentence; `actors` are the parties that act in it.

    `frame` is the clause of the sentence before whose people it counts, if it goes on with them.
    """

    marked: Marked
    start: int
    end: int
    quantities: list[Quantity]
    actors: tuple[str, ...] = ()
    own_actor: bool = False
    source: str = "narrator"
    role: str = "main"
    denied: bool = False
    moves: list[int] = field(default_factory=list)
    told: list[tuple[int, int, str]] = field(default_factory=list)
    recent: str = ""
    frame: Clause | None = None

    def any(self, *tags: str) -> bool:
        """Return whether one of its tokens carries one of these tags.

        Args:
            tags: Names of lexicons of the pack.
        """
        return self.marked.any(*tags, start=self.start, end=self.end)

    @property
    def mentions(self) -> list[Mention]:
        """The parties and offices named in it."""
        return [m for m in self.marked.mentions if self.start <= m.start < self.end]


def clauses_of(marked: Marked, quantities: Sequence[Quantity], *, verb_first: bool) -> list[Clause]:
    """Cut a sentence into clauses.

    Args:
        marked: The sentence.
        quantities: Its quantities, in order.
        verb_first: Whether the language puts the verb before who acts.

    Returns:
        Clauses in order; together they are the sentence.
    """
    cuts = [0, *_cuts(marked, quantities), len(marked.tokens)]
    found: list[Clause] = []
    for start, end in pairwise(cuts):
        if start < end:
            inside = [q for q in quantities if start <= q.number.start < end]
            clause = Clause(marked, start, end, inside)
            clause.moves = marked.tagged(*MOVES, start=start, end=end)
            plain = [at for at in clause.moves if not _attribute(inside, at)]
            clause.moves = plain or clause.moves
            if any(q.role == "candidate" for q in inside):
                clause.moves = sorted({*clause.moves, *_brought(clause)})
            if found:
                _take_antecedent(found[-1], clause)
            if not verb_first:
                _find_goal(clause)
            _find_actors(clause, found[-1] if found else None, verb_first=verb_first)
            if found and not clause.moves and _opens_gap(marked, start):
                clause.moves = found[-1].moves[-1:]  # the verb that the dash stands for
                _find_recipient(clause, start)
            found.append(clause)
    return found


def _attribute(quantities: Sequence[Quantity], at: int) -> bool:
    """Return whether a word of movement only describes people: "eleven freed sailors"."""
    return any(q.number.end <= at < q.end and q.what == "people" for q in quantities)


def go_on(clauses: Sequence[Clause], before: Sequence[Clause]) -> None:
    """Let a sentence that only counts people be of the movement told right before it.

    "Vale welcomed a group. It numbered 130 people." has its number in the second sentence.

    Args:
        clauses: Of the sentence; `frame` and `actors` are set.
        before: Of the sentence before.
    """
    moving = [c for c in before if c.moves]
    if not clauses or not moving or any(c.moves for c in clauses):
        return
    marked = clauses[0].marked
    opens = marked.any("pronoun", "group_word", "of_them", start=0, end=3)
    if not opens or any(q.role == "candidate" for c in before for q in c.quantities):
        return
    for clause in clauses:
        clause.frame = moving[-1]
        clause.actors = clause.actors or moving[-1].actors


def _closes(subject: Quantity, clause: Clause) -> bool:
    """Return whether a clause goes on behind an aside on its subject: "40 men, who …, arrived"."""
    tokens, end = clause.marked.tokens, subject.end
    commas = [at for at in range(end, clause.start - 1) if tokens[at].norm in ",،"]
    aside = bool(commas) and (
        (commas[0] == end and tokens[end + 1].has("which"))
        or clause.marked.any("held", "jailed", "taken", start=commas[0] + 1, end=commas[0] + 3)
    )
    return aside and tokens[clause.start].norm in ",،" and clause.moves[0] <= clause.start + 3


def _find_goal(clause: Clause) -> None:
    """Mark a bare name behind a verb of coming home as where people go: "eight could regain Vale"."""
    for at in clause.moves:
        if not clause.marked.tokens[at].has("return") or clause.marked.tokens[at].has("release"):
            continue
        counted = any(q.role == "candidate" and q.start < at for q in clause.quantities)
        for mention in clause.mentions:
            near = at < mention.start <= at + 2 and mention.form in {"name", "seat"}
            free = not mention.prep and mention.case != "nominative"
            if counted and near and free and not owned(clause.quantities, mention):
                mention.prep = "to"


def _take_antecedent(before: Clause, clause: Clause) -> None:
    """Give a relative clause that moves people the number right before it: "8 men, whom Vale freed"."""
    opens = clause.marked.any("which", start=clause.start, end=clause.start + 2)
    if not clause.moves or before.moves or not before.quantities:
        return
    last = before.quantities[-1]
    near = opens and last.end >= clause.start - 1
    if last.role == "candidate" and last.what == "people" and (near or _closes(last, clause)):
        before.quantities.pop()
        before.end = clause.start = last.start
        clause.quantities.insert(0, last)


def _brought(clause: Clause) -> list[int]:
    """Return verbs of carrying that have a destination: "brought 40 home", "were moved to Vale"."""
    marked = clause.marked
    found = [] if clause.moves else marked.tagged("carried", start=clause.start, end=clause.end)
    for at in marked.tagged("bring", start=clause.start, end=clause.end):
        end = min(clause.end, at + _REACH)
        led = any(m.prep == "to" and m.party and at < m.start < end for m in clause.mentions)
        led = led or any(
            m.prep == "to" and m.form in {"name", "seat"} and 0 <= at - m.end <= 2
            for m in clause.mentions
        )
        if led or marked.any("free_word", "opposite", start=at + 1, end=end):
            found.append(at)
    for at in marked.tagged("aux", start=clause.start, end=clause.end):
        behind = [q for q in clause.quantities if at < q.start <= at + 2]
        if behind and marked.any("home_word", start=behind[0].end, end=behind[0].end + 2):
            found.append(at)  # "Vale has its pilot back"
    if not found and not clause.moves:
        found += [
            at
            for q in clause.quantities
            for at in marked.tagged("alive", start=q.end, end=q.end + 2)
            if q.role == "candidate" and q.what == "people" and marked.tokens[at].has("home_word")
        ]  # "reported 21 of its soldiers home"
    if not found and not clause.moves and clause.any("home_word"):
        at = marked.tagged("home_word", start=clause.start, end=clause.end)[0]
        found += [at] if _CYRILLIC.match(marked.tokens[at].norm) else []
    for at in marked.tagged("leave", start=clause.start, end=clause.end):
        if any(at < m.start <= at + 2 and m.form in {"name", "seat"} for m in clause.mentions):
            found.append(at)  # "ten of them left Vale"
    return found


def owned(quantities: Sequence[Quantity], mention: Mention) -> bool:
    """Return whether a mention only says whose people a quantity counts.

    Args:
        quantities: Of the clause.
        mention: In it.
    """
    return any(
        q.start <= mention.start < q.end and mention.party in {q.nation, q.holder}
        for q in quantities
    )


def heads_colon(quantity: Quantity, marked: Marked) -> bool:
    """Return whether what moves people stands behind a colon: "185 men: that many came home".

    Args:
        quantity: With which the sentence begins.
        marked: The sentence.
    """
    colon = next(
        (at for at in range(quantity.end, len(marked.tokens)) if marked.tokens[at].norm == ":"),
        None,
    )
    if colon is None or any(t.kind == "mark" for t in marked.tokens[: quantity.number.start]):
        return False
    first = next(iter(marked.tagged(*MOVES, start=colon)), None)
    return first is not None and not any(colon < n.start < first for n in marked.numbers)


def _cuts(marked: Marked, quantities: Sequence[Quantity]) -> list[int]:
    tokens = marked.tokens
    verbs = [
        at
        for at in marked.tagged(*_VERBS)
        if not (_inside(quantities, at) or _describes(marked, quantities, at))
    ]
    cuts: set[int] = {
        at + 1
        for at, token in enumerate(tokens)
        if token.norm in ";؛:" and at + 1 < len(tokens) and tokens[at + 1].start > token.end
    }
    cuts |= {at for at in range(1, len(tokens)) if _opens_gap(marked, at)}
    for left, right in pairwise(verbs):
        if right - left <= 1:
            continue
        told = any(left < q.number.start < right for q in quantities)
        if tokens[left].has("say") and told and tokens[right].has(*MOVES):
            cuts.add(left + 1)  # what is said begins right behind the word of saying
            continue
        joints = [(s, at) for at in range(left + 1, right) if (s := _strength(marked, at))]
        if tokens[right].norm.startswith("و") and len(tokens[right].forms) > 1:
            joints.append((1, right))  # Arabic writes "and" to the verb
        if joints:
            strength = max(s for s, _ in joints)
            cut = max(at for s, at in joints if s == strength)
            cuts.add(cut + 1 if tokens[cut].norm in ";؛:" else cut)
    return sorted(cut for cut in cuts if 0 < cut < len(tokens))


def _opens_gap(marked: Marked, at: int, *, dash: int | None = None) -> bool:
    """Return whether a clause begins that leaves its verb out: "…, and Vale — two"; at this dash, if given."""
    if not (marked.tokens[at].has("while") or marked.tokens[at].norm in ",،"):
        return False
    acting = [m for m in marked.mentions if m.start == at + 1 and not m.prep and m.form != "adj"]
    end = at + 1
    while named := next((m for m in marked.mentions if m.start == end), None):
        end = named.end
    dashed = bool(acting) and end < len(marked.tokens) and marked.tokens[end].norm in "—–"
    dashed = dashed and dash in {None, end}
    counted = any(end < n.start <= end + _GAP for n in marked.numbers)
    return dashed and (counted or marked.tokens[at].has("while"))


def _describes(marked: Marked, quantities: Sequence[Quantity], at: int) -> bool:
    """Return whether a participle right behind people says how they were caught or held."""
    first = at
    while (
        first and marked.tokens[first].has("taken", "held") and not marked.tokens[first].has(*MOVES)
    ):
        first -= 1
    counted = (q for q in quantities if q.what == "people" and q.role == "candidate")
    return first < at and any(first < q.end <= first + 1 for q in counted)


def _inside(quantities: Sequence[Quantity], at: int) -> bool:
    return any(q.start <= at < q.end for q in quantities)


def _strength(marked: Marked, at: int) -> int:
    token = marked.tokens[at]
    if token.norm in ";؛:":
        return 6
    if token.norm in "—–()":
        return 0 if any(_opens_gap(marked, k, dash=at) for k in range(max(0, at - _GAP), at)) else 5
    if token.has("while"):
        return 4
    if token.norm in ",،":
        after = marked.tokens[at + 1] if at + 1 < len(marked.tokens) else None
        return 4 if after is not None and after.has("and", "which", "while") else 3
    if token.has("which"):
        return 2
    if any(m.prep == "between" and m.end in {at, at - 1} for m in marked.mentions):
        return 0
    if (
        any(m.end in {at, at - 1} for m in marked.mentions)
        and any(at <= m.start <= at + 2 and m.form != "people" for m in marked.mentions)
        and not marked.any(*MOVES, "number", start=at + 2, end=at + 4)
    ):
        return 0  # it joins two parties
    return 1 if token.has("and") or (token.forms[0].startswith("و") and len(token.forms) > 1) else 0


def _find_actors(clause: Clause, before: Clause | None, *, verb_first: bool) -> None:
    marked = clause.marked
    verb = (
        clause.moves[0]
        if clause.moves
        else next(
            iter(marked.tagged("held", "casualty", start=clause.start, end=clause.end)), clause.end
        )
    )
    free = [
        m
        for m in clause.mentions
        if m.prep in {"", "between"}
        and not owned(clause.quantities, m)
        and not _set_aside(marked, m)
        and not m.organisation
        and m.case not in _OBLIQUE
        and not _in_relative(clause, m)
    ]
    ahead = [m for m in free if m.end <= verb]
    behind = [m for m in free if m.start > verb and not (verb_first and m.form == "adj")]
    told = bool(ahead) or (before is not None and bool(before.actors))
    if behind and told and _is_object(marked, verb, behind[0]):
        behind[0].prep = "to"
        behind = behind[1:]
    chosen: list[Mention] = []
    if ahead and not clause.moves:
        chosen = _group(marked, ahead, first=True)
    elif ahead and not (
        verb_first
        and behind
        and behind[0].start <= verb + 4
        and ahead[-1].end < verb
        and not _is_recipient(clause, ahead[-1], verb, behind[0])
    ):
        chosen = _group(marked, ahead)
    elif behind and (verb_first or not _is_passive(clause, verb)):
        first = behind[0]
        if first.start <= verb + 4 and not any(
            verb < q.number.start < first.start for q in clause.quantities
        ):
            chosen = _group(marked, behind, first=True)
    chosen = chosen or _antecedent(clause)
    clause.actors = tuple(dict.fromkeys(m.party for m in chosen if m.party))
    clause.own_actor = bool(clause.actors)
    _find_recipient(clause, verb)
    shared = not clause.any("both_sides") and not _has_stranger(clause, verb)
    if not clause.actors and before is not None and shared:
        clause.actors = before.actors


def _antecedent(clause: Clause) -> list[Mention]:
    """Return the party that "which" means right before a verb: "from Vale, which got 40"."""
    marked = clause.marked
    which = next(iter(marked.tagged("which", start=clause.start, end=clause.start + 2)), None)
    if which is None or not clause.moves or clause.moves[0] > which + _VERB_NEAR:
        return []
    if marked.tokens[which].has("that") or marked.any("passive", start=which, end=clause.moves[0]):
        return []
    ends = {which, which - 1}
    return [
        m
        for m in marked.mentions
        if m.end in ends and m.party and m.form not in {"adj", "people"} and not m.organisation
    ]


def _is_object(marked: Marked, verb: int, mention: Mention) -> bool:
    """Return whether a land behind an Arabic verb of giving does not act.

    It does not where the verb is masculine, or where a pronoun before it acts: "that she gave Vale".
    """
    if mention.start != verb + 1 or mention.form not in {"name", "seat"}:
        return False
    tokens = marked.tokens
    led = verb > 0 and tokens[verb - 1].has("pronoun") and tokens[verb - 1].has("that")
    gives = led and tokens[verb].has("release") and bool(_ARABIC.match(tokens[verb].norm))
    return gives or (tokens[verb].has("he_gives") and mention.form == "name")


def _is_recipient(clause: Clause, actor: Mention, verb: int, mention: Mention) -> bool:
    """Return whether an Arabic noun of giving has its receiver behind it: "ready to hand Vale 40".

    Behind "in return for" it has its giver there.
    """
    marked = clause.marked
    giving = marked.tokens[verb].has("giving") and mention.party != actor.party
    return giving and not marked.any("in_return", start=verb - 2, end=verb)


def _is_passive(clause: Clause, verb: int) -> bool:
    """Return whether nobody behind a verb acts: "звільнено бійців армії"."""
    short = verb < clause.end and _IMPERSONAL.search(clause.marked.tokens[verb].norm)
    return bool(short) or clause.any("passive")


def _has_stranger(clause: Clause, verb: int) -> bool:
    """Return whether somebody whom no pack knows acts: "…, the West got 16"."""
    tokens = clause.marked.tokens
    for at in range(max(clause.start, 1, verb - 2), min(verb, clause.end)):
        known = any(m.start <= at < m.end for m in clause.mentions)
        if tokens[at].capital and not (tokens[at].tags or known or tokens[at - 1].norm in _OPENING):
            return tokens[at - 1].kind == "mark" or tokens[at - 1].has("and", "while")
    return False


def _in_relative(clause: Clause, mention: Mention) -> bool:
    """Return whether a mention acts in a relative clause that describes the people counted."""
    tokens = clause.marked.tokens
    for quantity in clause.quantities:
        for at in range(quantity.end, mention.start):
            if tokens[at].has("which") and tokens[at - 1].norm in ",،" and at < mention.start:
                marks = (k for k in range(mention.start, len(tokens)) if tokens[k].norm in ",،")
                return not any(token.has(*MOVES) for token in tokens[at : next(marks, len(tokens))])
    return False


def _find_recipient(clause: Clause, verb: int) -> None:
    """Mark a bare name behind a verb of letting go, after its actor, as whom people go to."""
    gives = any(
        clause.marked.tokens[at].has("release")
        for at in {verb, *clause.moves[:1]}
        if at < len(clause.marked.tokens)
    )
    if not clause.actors or verb >= clause.end or not gives:
        return
    for mention in clause.mentions:
        counted = any(verb < q.number.start < mention.start for q in clause.quantities)
        if (
            mention.start > verb
            and not counted
            and not mention.prep
            and mention.case != "nominative"
            and mention.party not in clause.actors
            and (
                mention.form in {"name", "seat", "actor"} and not owned(clause.quantities, mention)
            )
        ):
            mention.prep = "to"
            return


def _set_aside(marked: Marked, mention: Mention) -> bool:
    """Return whether a mention is only contradicted, thanked or a place of talk."""
    owner = any(t.norm == "'" for t in marked.tokens[mention.end : mention.end + 1])
    if owner and marked.any("both_sides", start=mention.end, end=mention.end + 3):
        return True  # "Vale's warring parties"
    nearer = [m.end for m in marked.mentions if m.end <= mention.start]  # "by Vale's word, Orland"
    low = max([mention.start - 3, *nearer])
    return marked.any("contradicting", "thank", "according", start=low, end=mention.start)


def _group(marked: Marked, mentions: list[Mention], *, first: bool = False) -> list[Mention]:
    """Return the mentions that act together: "Vale and Orland", "A, B and C"."""
    line = mentions if first else mentions[::-1]
    group = [line[0]]
    for mention in line[1:]:
        near, far = sorted((group[-1], mention), key=lambda m: m.start)
        between = marked.tokens[near.end : far.start]
        joined = len(between) <= 3 and all(t.has("and", "small") or t.norm == "," for t in between)
        attached = far.start < len(marked.tokens) and marked.tokens[far.start].norm.startswith("و")
        if not joined or not (between or attached):
            break
        group.append(mention)
    return sorted(group, key=lambda m: m.start)
