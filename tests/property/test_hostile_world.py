"""Whatever a mediator, a bureau, a thief or the road does: what was promised holds, or is found out."""

import dataclasses
import itertools

import pytest
from hostile_attacks import STEPS, BrokenError, breaks, campaign, play, shrunk, told, trace
from hostile_world import ORIGIN, beginnings, what_was_computed_is_remembered

from homeward.foundation.errors import TamperError
from homeward.handover import arrival, replay
from homeward.handover.accusing import _Case
from homeward.ledger import chain, evidence
from homeward.ledger.keyring import Change, Keyring
from homeward.negotiation import list_steps, state

TRACES = 1_500
EVERY_ATTACK = (
    *("fork", "rollback", "the other's history", "two histories kept apart"),
    *("entries dropped", "entries exchanged", "entries repeated"),
    *("a signed bundle with a bit", "a signed bundle with another root"),
    *("a signed bundle with cut", "a signed bundle with more than signed"),
    *("bit flipped, opened", "bit flipped, sealed", "truncated, opened", "truncated, sealed"),
    *("a bundle again, late", "to the wrong reader", "two entries of one number"),
    *("a revoked key", "a stranger's key", "a false history seen", "an entry of another log"),
    *("an early seed", "a seed of another case", "accepted and aborted at once"),
    *("a mediator from an old backup", "a bureau from an old backup"),
)


def test_every_deception_is_found_out_and_nobody_honest_is_convicted():
    attacked, caught = campaign(0, TRACES)
    assert [each for each in EVERY_ATTACK if not attacked[each]] == []
    convicted = {how for _, how in caught if how.startswith("convicts")}
    assert convicted == {f"convicts {who}" for who in (ORIGIN, "AE", "RU", "UA")}


def test_a_key_that_the_same_bundle_names_convicts():
    steps = [("rotate", 38757, 61440), ("act", 32121, 22939), ("equivocate", 57434, 60909)]
    numbers = {step.__name__: number for number, step in enumerate(STEPS["bureau"])}
    traced = ("bureau", (1, False, False), [(numbers[name], a, b) for name, a, b in steps])
    assert play(traced).caught["two entries of one number", "convicts RU"] == 1


def _accuse_anyway(case, each):
    for change in case.keyrings[each.author].changes:
        grant = change.grants.get(each.key)
        if grant is not None:
            return grant.public
    return None


def _nothing(*_, **__):
    return None


def _every_key(keyring, index):
    grants = {}
    for change in keyring.changes:
        grants |= change.grants if change.index <= index else {}
    return Change(index=index, grants=grants)


def _shown(state, recorded):
    author, nonce = recorded.entry.author, recorded.entry.body["nonce"]
    return dataclasses.replace(state, nonces={**state.nonces, author: nonce})


def _accepted(state, recorded):
    return dataclasses.replace(state, accepted=state.accepted | {recorded.entry.author})


EARLY = {(before, "seed_revealed"): before for before in ("terms_signed", "wanted", "answered")}
LATE = {("aborted", "plan_accepted"): "accepted"}
MUTANTS = {
    "no checkpoint is compared": ("mediator", (arrival, "_verify_checkpoint", _nothing)),
    "no cosigned checkpoint is compared": ("mediator", (arrival, "_verify_history", _nothing)),
    "entries under our own name are believed": ("backup", (arrival, "verify_own", _nothing)),
    "no author's chain is followed": ("bureau", (chain, "verify_head", _nothing)),
    "what an author had seen is not compared": ("bureau", (chain, "verify_seen", _nothing)),
    "an entry of another log is taken": ("bureau", (chain, "_verify_log", _nothing)),
    "no entry's signature is verified": ("bureau", (chain, "verify_envelope", _nothing)),
    "a revoked key goes on": ("thief", (Keyring, "at", _every_key)),
    "a seed may be shown before the lists": (
        "bureau",
        (state, "TRANSITIONS", {**state.TRANSITIONS, **EARLY}),
        (state, "STEPS", {**state.STEPS, "seed_revealed": _shown}),
    ),
    "a case goes on after its abort": (
        "bureau",
        (state, "TRANSITIONS", {**state.TRANSITIONS, **LATE}),
        (state, "STEPS", {**state.STEPS, "plan_accepted": _accepted}),
    ),
    "a sealed list needs no commitment": ("bureau", (list_steps, "verify_opening", _nothing)),
    "no checkpoint is brought as evidence": ("mediator", (_Case, "of_notes", lambda _: iter(()))),
    "no entry is brought as evidence": ("bureau", (_Case, "of_entries", lambda _: iter(()))),
    "an entry that never fitted is overtaken": ("bureau", (replay, "_fitted", lambda *_: True)),
    "a key that has ended accuses": ("thief", (_Case, "_public", _accuse_anyway)),
}
"""One check each, taken out of the code, and who would gain by it: the world must notice."""


def _of(villain, most=500):
    seeds = (seed for seed in itertools.count() if trace(seed)[0] == villain)
    return itertools.islice(seeds, most)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_check_that_is_taken_out_is_noticed(mutant, monkeypatch):
    villain, *taken_out = MUTANTS[mutant]
    beginnings()  # what came before is as it was
    for where, name, other in taken_out:
        monkeypatch.setattr(where, name, other)
    with what_was_computed_is_remembered():
        assert any(breaks(trace(seed)) for seed in _of(villain)), "no trace notices"


def test_a_trace_that_fails_is_made_small(monkeypatch):
    beginnings()
    monkeypatch.setattr(arrival, "_verify_checkpoint", _nothing)
    seed = next(seed for seed in range(400) if breaks(trace(seed)))
    small = shrunk(trace(seed), breaks)
    assert len(small[2]) <= len(trace(seed)[2])
    with pytest.raises(BrokenError):
        play(small)
    assert all(
        not breaks((*small[:2], small[2][:n] + small[2][n + 1 :])) for n in range(len(small[2]))
    )
    assert told(small)[2]
    with pytest.raises(BrokenError, match=f"seed {seed}, smallest trace"):
        campaign(seed, 1)


def test_no_file_convicts_that_the_judge_does_not_confirm(monkeypatch):
    """The judge is what `homeward ledger judge` runs: if it confirms nothing, nobody is convicted."""

    def refuse(*_, **__):
        raise TamperError("evidence.nothing", "Expected evidence, found none.", hint="")

    beginnings()
    monkeypatch.setattr(evidence, "judge", refuse)
    assert any(breaks(trace(seed)) for seed in range(200))
