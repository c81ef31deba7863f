"""Makes examples of words alike and unlike from groups of names.

Rules of this file:
- Alike are two forms of one group; of a group with many forms only some pairs count. Groups hold
  nicknames and other strangers too: `fit` bears some wrong examples.
- A Cyrillic word is also alike to itself in Latin letters, by a table drawn for it.
- Unlike is a word and a near neighbour of the other in its script, by letters, that shares no
  group with either. Every tenth is a word at random. The last of each is a near miss of one
  of the two words: another name that differs in one sound, be it anybody's or nobody's.
- Every twentieth group is kept aside, to measure and to calibrate.
"""

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from latin_habits import HABITS, fits, spell
from near_misses import SOUNDS, near_miss
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.process import cdist

from homeward.matching.letters import clean
from homeward.matching.likeness import END, START, letter_codes

LETTERS_MAX = 16
SEEN_MIN = 15  # a letter is learned from so many words
NEIGHBOURS, BUCKET_MAX = 8, 1500
UNLIKE = 4  # for each pair alike, the last a near miss
ASIDE = 20
LATIN, CYRILLIC, ARABIC = range(3)
# Pairs of one group that count, by the two scripts.
PAIRS_MAX = {
    (LATIN, CYRILLIC): 8,
    (LATIN, ARABIC): 6,
    (CYRILLIC, ARABIC): 4,
    (CYRILLIC, CYRILLIC): 4,
    (LATIN, LATIN): 3,
    (ARABIC, ARABIC): 3,
}


@dataclass
class Examples:
    """Words as codes, and numbers of words: `alike` [n, 2], `unlike` [n, UNLIKE, 2]."""

    letters: str
    words: list[str]
    codes: np.ndarray
    length: np.ndarray
    script: np.ndarray
    alike: np.ndarray
    unlike: np.ndarray
    aside: np.ndarray


_CODE, _SCRIPT = letter_codes("")


def script_of(word):
    """Return the script of a word of one script, else -1."""
    scripts = {int(_SCRIPT[ord(c)]) if ord(c) < len(_SCRIPT) else -1 for c in word}
    return scripts.pop() if len(scripts) == 1 else -1


def read(path: Path) -> Examples:
    """Read the groups and make the examples; the same file gives the same."""
    chance = random.Random(5)
    found = _groups(path)
    spelt = _spelt(found, chance)
    words = sorted({word for group in (*found, *spelt) for word in group})
    number = {word: i for i, word in enumerate(words)}
    script = np.array([script_of(word) for word in words])
    groups = [[number[word] for word in group] for group in (*found, *spelt)]
    homes = defaultdict(set)
    for home, group in enumerate(groups):
        for word in group:
            homes[word].add(home)
    alike, home_of = _alike(groups, script, chance)
    near = _neighbours(words, script, chance)
    unlike = _unlike(alike, near, homes, script, chance)
    words, script = _missed(words, script, alike, unlike, homes, chance)
    aside = np.array([home % ASIDE == 0 and home < len(found) for home in home_of])
    # What is kept aside is measured on words that were not learned from.
    learned = np.unique(alike[~aside])
    measured = aside & ~(np.isin(alike, learned).all(axis=1))
    kept = measured | ~aside
    letters, codes, length = _codes(words)
    return Examples(letters, words, codes, length, script, alike[kept], unlike[kept], aside[kept])


def _groups(path):
    groups = []
    for line in path.read_text("utf-8").splitlines():
        forms = line.rsplit(" => ", 1)[0].split(",")
        cleaned = {re.sub(r"[-.\s]", "", clean(form)) for form in forms}
        group = sorted(w for w in cleaned if 2 <= len(w) <= LETTERS_MAX and script_of(w) >= 0)
        if len(group) > 1:
            groups.append(group)
    return groups


def _spelt(groups, chance):
    words = sorted({word for group in groups for word in group if script_of(word) == CYRILLIC})
    spelt = []
    for word in chance.sample(words, len(words) // 2):
        tables = [table for language, table in HABITS if fits(word, language)]
        forms = {spell(word, table) for table in chance.sample(tables, min(2, len(tables)))}
        forms = {f for f in forms if 2 <= len(f) <= LETTERS_MAX and script_of(f) == LATIN}
        spelt += [sorted((word, form)) for form in sorted(forms)]
    return spelt


def _alike(groups, script, chance):
    alike, homes = [], []
    for home, group in enumerate(groups):
        by = defaultdict(list)
        for word in group:
            by[script[word]].append(word)
        for p in sorted(by):
            for q in sorted(by):
                pairs = [(a, b) for a in by[p] for b in by[q] if p < q or (p == q and a < b)]
                most = PAIRS_MAX.get((p, q), 2 if p <= CYRILLIC else 1)
                chosen = pairs if len(pairs) <= most else chance.sample(pairs, most)
                alike += chosen
                homes += [home] * len(chosen)
    return np.array(alike), homes


def _neighbours(words, script, chance):
    """Return for each word its nearest in its script among those that begin alike."""
    buckets = defaultdict(list)
    for i, word in enumerate(words):
        buckets[script[i], word[: 2 if script[i] == LATIN else 1]].append(i)
    near = [[] for _ in words]
    for _, bucket in sorted(buckets.items()):
        pool = bucket if len(bucket) <= BUCKET_MAX else chance.sample(bucket, BUCKET_MAX)
        forms = [words[i] for i in pool]
        count = min(NEIGHBOURS + 1, len(pool))
        for start in range(0, len(bucket), BUCKET_MAX):
            rows = bucket[start : start + BUCKET_MAX]
            for scorer in (JaroWinkler, Levenshtein):
                alike = cdist([words[i] for i in rows], forms, scorer=scorer.normalized_similarity)
                nearest = np.argpartition(-alike, count - 1, axis=1)[:, :count]
                for i, columns in zip(rows, np.sort(nearest), strict=True):
                    near[i] += [pool[c] for c in columns if pool[c] != i]
    return near


def _unlike(alike, near, homes, script, chance):
    by_script = {s: np.flatnonzero(script == s).tolist() for s in set(script.tolist())}
    unlike = np.full((len(alike), UNLIKE, 2), -1)
    for row, (a, b) in enumerate(alike.tolist()):
        for k in range(UNLIKE - 1):
            second = k % 2 == 0 or chance.random() < 0.4
            keep, change = (a, b) if second else (b, a)
            for _ in range(4):
                pool = near[change] if chance.random() < 0.9 and near[change] else None
                other = chance.choice(pool or by_script[script[change]])
                if homes[other].isdisjoint(homes[keep] | homes[change]):
                    unlike[row, k] = (keep, other) if second else (other, keep)
                    break
    return unlike


def _missed(words, script, alike, unlike, homes, chance):
    """Put a near miss of one of its words beside each pair alike; return words and scripts."""
    words, script = list(words), script.tolist()
    number = {word: i for i, word in enumerate(words)}
    for row, pair in enumerate(alike.tolist()):
        keep, change = chance.sample(pair, 2)
        if script[change] not in SOUNDS:
            continue
        missed = near_miss(words[change], script[change], chance)
        if missed is None or len(missed) > LETTERS_MAX:
            continue
        other = number.setdefault(missed, len(words))
        if other == len(words):
            words.append(missed)
            script.append(script[change])
        if homes[other].isdisjoint(homes[keep] | homes[change]) and other != keep:
            unlike[row, -1] = (keep, other)
    return words, np.array(script)


def _codes(words):
    counts = Counter(letter for word in words for letter in word)
    letters = "".join(sorted(c for c, count in counts.items() if count >= SEEN_MIN))
    code, _ = letter_codes(letters)
    codes = np.zeros((len(words), LETTERS_MAX + 4), dtype=np.int32)
    codes[:, 1] = START
    for i, word in enumerate(words):
        codes[i, 2 : 2 + len(word)] = [code[ord(c)] for c in word]
        codes[i, 2 + len(word)] = END
    return letters, codes, np.array([len(word) for word in words])
