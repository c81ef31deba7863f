"""Learns weights such that the best alignment of words alike outweighs that of words unlike.

Rules of this file:
- The model is the one that `homeward.matching.likeness` computes; here it is differentiable.
- At first all alignments count (their sum), later only the best one, which is what runs.
- An example may be wrong: no example alike costs more than -log of `WRONG_ALIKE`.
- Calibration is one line on what was kept aside: the likeness is then log-odds, for a spelling
  against the nearest other name.
"""

import os

# One core, so that the sums are in one order.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from homeward.matching.likeness import SCRIPTS

STEPS, WIDE_STEPS = 7500, 500  # in the first ones all alignments count
PAIRS = 160  # alike in one step, and as many unlike
LEARN, WARM = 3e-3, 200
WRONG_ALIKE, WRONG_UNLIKE = 0.05, 0.02
FAR = 8  # an example may be wrong when it is calibrated, too
EMBED, HIDDEN, SOUNDS, AGAINST = 32, 64, 40, 8
KEPT = 0.9  # of the hidden numbers in a step
WIDTHS = (9, 16)  # words up to so many letters go together
# How often pairs of two scripts are drawn; the others 0.5.
SHARE = {(0, 1): 1.0, (0, 2): 1.6, (0, 0): 0.35, (1, 1): 0.7}
SIGNS = np.array([1.0] * (SOUNDS - AGAINST) + [-1.0] * AGAINST, dtype=np.float32)


def start(letters, chance):
    """Return the numbers before learning."""

    def drawn(*shape, spread):
        return jnp.asarray(chance.normal(0, spread, shape), jnp.float32)

    scripts = len(SCRIPTS)
    return {
        "letter": drawn(letters, EMBED, spread=0.5),
        "near": drawn(5 * EMBED, HIDDEN, spread=(5 * EMBED * 0.25) ** -0.5),
        "near_bias": jnp.zeros(HIDDEN),
        "wide": drawn(3 * HIDDEN, HIDDEN, spread=0.7 * (3 * HIDDEN) ** -0.5),
        "whole": drawn(HIDDEN, HIDDEN, spread=0.3 * HIDDEN**-0.5),
        "wide_bias": jnp.zeros(HIDDEN),
        "sounds": drawn(HIDDEN, SOUNDS, spread=1.2 * HIDDEN**-0.5),
        "sounds_bias": jnp.zeros(SOUNDS),
        "lone": drawn(HIDDEN, scripts, spread=0.2 * HIDDEN**-0.5),
        "alone": -jnp.ones((scripts, scripts)),
        "pair": jnp.zeros((scripts, scripts)),
        "start": jnp.zeros((scripts, scripts)),
    }


def encode(p, codes, length, key):
    """Return each letter's place in the space of sounds, and its weights alone."""
    width = codes.shape[1] - 4
    letters = p["letter"][codes]
    near = jnp.concatenate([letters[:, t : width + t] for t in range(5)], 2) @ p["near"]
    near = jax.nn.relu(near + p["near_bias"])
    near *= (jnp.arange(width)[None] < length[:, None])[..., None]
    mean = near.sum(1) / length[:, None]
    padded = jnp.pad(near, ((0, 0), (1, 1), (0, 0)))
    wide = jnp.concatenate([padded[:, t : width + t] for t in range(3)], 2) @ p["wide"]
    wide = jax.nn.relu(wide + (mean @ p["whole"] + p["wide_bias"])[:, None]) + near
    if key is not None:
        wide = wide * jax.random.bernoulli(key, KEPT, wide.shape) / KEPT
    return wide @ p["sounds"] + p["sounds_bias"], wide @ p["lone"]


def score(p, a, b, best, key=None):
    """Return the weight of the best alignment, or of all; `a`, `b`: codes, lengths, scripts."""
    keys = (None, None) if key is None else jax.random.split(key)
    (_, length_a, script_a), (_, length_b, script_b) = a, b
    (sounds_a, lone_a), (sounds_b, lone_b) = encode(p, *a[:2], keys[0]), encode(p, *b[:2], keys[1])
    weights = jnp.einsum("bik,bjk->bij", sounds_a * SIGNS, sounds_b) / SOUNDS**0.5
    weights += (p["pair"] + p["pair"].T)[script_a, script_b][:, None, None]
    lone_a = jnp.take_along_axis(lone_a, script_b[:, None, None], 2)[..., 0]
    lone_a += p["alone"][script_a, script_b][:, None]
    lone_b = jnp.take_along_axis(lone_b, script_a[:, None, None], 2)[..., 0]
    lone_b += p["alone"][script_b, script_a][:, None]
    first = jnp.pad(jnp.cumsum(lone_b, 1), ((0, 0), (1, 0)))
    either, along = (jnp.maximum, jax.lax.cummax) if best else (jnp.logaddexp, jax.lax.cumlogsumexp)

    def step(row, letter):
        weight, alone = letter
        down = row + alone[:, None]
        down = jnp.concatenate([down[:, :1], either(down[:, 1:], row[:, :-1] + weight)], 1)
        row = along(down - first, axis=1) + first
        return row, jnp.take_along_axis(row, length_b[:, None], 1)[:, 0]

    _, ends = jax.lax.scan(step, first, (jnp.moveaxis(weights, 1, 0), lone_a.T))
    total = jnp.take_along_axis(ends, length_a[None] - 1, 0)[0]
    return total + (p["start"] + p["start"].T)[script_a, script_b]


def _cost(p, a, b, alike, key, best):
    found = score(p, a, b, best, key)
    right = jax.nn.sigmoid(jnp.where(alike, found, -found))
    wrong = jnp.where(alike, WRONG_ALIKE, WRONG_UNLIKE)
    size = sum(jnp.sum(numbers**2) for numbers in jax.tree.leaves(p))
    return -jnp.log(wrong + (1 - 2 * wrong) * right).mean() + 1e-6 * size


@partial(jax.jit, static_argnames="best")
def _step(p, moments, step, batch, key, rate, best):
    """One step of Adam (Kingma and Ba 2015), the gradient cut at length 1."""
    cost, slope = jax.value_and_grad(_cost)(p, *batch, key, best)
    length = jnp.sqrt(sum(jnp.sum(s**2) for s in jax.tree.leaves(slope)))
    slope = jax.tree.map(lambda s: s * jnp.minimum(1, 1 / length), slope)
    mean = jax.tree.map(lambda m, s: 0.9 * m + 0.1 * s, moments[0], slope)
    square = jax.tree.map(lambda m, s: 0.999 * m + 0.001 * s * s, moments[1], slope)
    p = jax.tree.map(
        lambda x, m, v: x - rate * (m / (1 - 0.9**step)) / (jnp.sqrt(v / (1 - 0.999**step)) + 1e-8),
        p,
        mean,
        square,
    )
    return p, (mean, square), cost


def fit(made):
    """Return the learned numbers, and the slope and the shift that make log-odds of a score."""
    chance = np.random.default_rng(3)
    p = start(int(made.codes.max()) + 1, chance)
    moments = (jax.tree.map(jnp.zeros_like, p),) * 2
    key = jax.random.key(1, impl="rbg")
    draw = _drawer(made, chance)
    began, costs = time.process_time(), []
    for step in range(1, STEPS + 1):
        key, this = jax.random.split(key)
        rate = LEARN * min(1, step / WARM) * (1 - (step - 1) / STEPS) ** 0.9
        p, moments, cost = _step(p, moments, step, draw(), this, rate, best=step > WIDE_STEPS)
        costs.append(float(cost))
        if step % 500 == 0:
            print(step, round(time.process_time() - began), np.mean(costs[-500:]), flush=True)
        if step % 2000 == 0 or step == STEPS:
            for which, name in ((0, "neighbours"), (-1, "near misses")):
                measured = aside(p, made, which).items()
                print(name, {k: round(auc(*v), 4) for k, v in measured}, flush=True)
    return {name: np.asarray(numbers) for name, numbers in p.items()}, calibrate(
        [*aside(p, made, 0).values(), *aside(p, made, -1).values()]
    )


def _drawer(made, chance):
    learned = np.flatnonzero(~made.aside)
    scripts = np.sort(made.script[made.alike], axis=1)
    share = np.array([SHARE.get(tuple(pair), 0.5) for pair in scripts.tolist()])
    longest = made.length[made.alike].max(axis=1)
    pools, before = [], 0
    for width in WIDTHS:
        rows = learned[(longest[learned] <= width) & (longest[learned] > before)]
        pools.append((width, rows, np.cumsum(share[rows])))
        before = width
    odds = np.array([weights[-1] for *_, weights in pools])

    def draw():
        width, rows, weights = pools[chance.choice(len(pools), p=odds / odds.sum())]
        rows = rows[np.searchsorted(weights, chance.random(PAIRS) * weights[-1])]
        unlike = made.unlike[rows, chance.integers(0, made.unlike.shape[1], PAIRS)]
        fits = (unlike >= 0).all(axis=1) & (made.length[unlike].max(axis=1) <= width)
        unlike = np.where(fits[:, None], unlike, made.alike[rows])
        pairs = np.concatenate((made.alike[rows], unlike))
        alike = np.concatenate((np.ones(PAIRS, bool), ~fits))
        return (*_words(made, pairs, width), alike)

    return draw


def _words(made, pairs, width):
    return [
        (made.codes[words, : width + 4], made.length[words], made.script[words])
        for words in pairs.T
    ]


_best = jax.jit(partial(score, best=True))


def aside(p, made, which, most=2048):
    """Return scores of pairs kept aside, by scripts: pairs alike, and `which` unlike of each."""
    found = {}
    scripts = np.sort(made.script[made.alike], axis=1)
    for pair in ((0, 1), (0, 2), (1, 2), (1, 1), (0, 0)):
        rows = np.flatnonzero(made.aside & (scripts == pair).all(axis=1))
        rows = rows[(made.unlike[rows, which] >= 0).all(axis=1)][:most]
        rows = rows[: len(rows) // 512 * 512]
        found[pair] = [
            np.concatenate(
                [
                    np.asarray(_best(p, *_words(made, some, WIDTHS[-1])))
                    for some in pairs.reshape(-1, 512, 2)
                ]
            )
            for pairs in (made.alike[rows], made.unlike[rows, which])
        ]
    return found


def calibrate(found):
    """Fit log-odds = slope * score + shift by Newton's method; a score counts up to `FAR`.

    Neighbours and near misses count alike: the zero is between a spelling and either.
    """
    x = np.concatenate([scores for both in found for scores in both])
    y = np.concatenate([np.repeat((1.0, 0.0), list(map(len, both))) for both in found])
    columns = np.stack((np.clip(x, -FAR, FAR), np.ones_like(x)), 1).astype(float)
    line = np.zeros(2)
    for _ in range(12):
        chance = 1 / (1 + np.exp(-columns @ line))
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns
        line += np.linalg.solve(bend, columns.T @ (y - chance))
    return tuple(line)


def auc(alike, unlike):
    """Return the chance that a pair alike scores above one unlike."""
    below = np.searchsorted(np.sort(unlike), alike, "left")
    upto = np.searchsorted(np.sort(unlike), alike, "right")
    return float((below + upto).mean() / 2 / len(unlike))
