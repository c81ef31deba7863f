"""Lists between parties, whatever the order: the real fold beside a model of a few sets.

The model knows who has done what; it does not know the table.
"""

import hashlib

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.negotiation.casebook import NONCES, Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import advance, fold, moves

PARTIES = ("RU", "UA")
party = st.sampled_from(PARTIES)


def other(one):
    return PARTIES[1 - PARTIES.index(one)]


class Lists(RuleBasedStateMachine):
    """Two parties and a mediator who record what they like; some of it fits."""

    is_sealed = False

    def __init__(self):
        super().__init__()
        self.book = Casebook()
        more = "[timetable]\n" + ("[lists]\nsealed = true\n" if self.is_sealed else "")
        self.book.open_with(more)
        self.state = fold(self.book.entries)
        self.done = {name: {} for name in ("wanted_list", "answers", "remarks", "replies")}
        self.final, self.bound, self.lapsed, self.lost = {}, set(), set(), set()
        self.number = 0

    # -- the model --

    def is_over(self, step):
        done = self.done[step]
        owed = PARTIES
        if step == "answers":
            owed = [one for one in PARTIES if other(one) in self.done["wanted_list"]]
        return all(one in done or (step, one) in self.lapsed for one in owed)

    def asked(self):
        return self.is_over("wanted_list") and bool(self.done["wanted_list"])

    def answered(self):
        return self.asked() and self.is_over("answers")

    def open_remarks(self):
        replied = {other(one) for one in self.done["replies"]}
        return set(self.done["remarks"]) - replied - self.lost

    def is_listed(self):
        return set(self.final) == set(PARTIES)

    def may_show(self, kind):
        return not self.is_sealed or all(
            (kind, one) in self.bound
            or (kind, one) in self.lapsed
            or (kind == "answers" and other(one) not in self.done["wanted_list"])
            for one in PARTIES
        )

    def tried(self, fits):
        """Give the last entry to the fold, which must judge it as the model does."""
        recorded = self.book.entries[-1]
        is_named = recorded.entry.type in moves(self.state, recorded.entry.author, recorded.role)
        try:
            self.state = advance(self.state, recorded)
        except PeerError:
            self.book.entries.pop()
            assert not fits
            return False
        assert fits
        assert is_named, "whoever may do it is told so"
        return True

    def opening(self, kind, one, to=""):
        return {"nonce": sha(f"{kind} {one} {to}")} if self.is_sealed else {}

    # -- what they do --

    @precondition(lambda self: self.is_sealed)
    @rule(one=party, kind=st.sampled_from(["wanted_list", "answers", "final_list"]))
    def commit(self, one, kind):
        owed = {
            "wanted_list": not self.asked() and not self.is_over("wanted_list"),
            "answers": self.asked()
            and not self.is_over("answers")
            and other(one) in self.done["wanted_list"],
            "final_list": self.answered() and not self.open_remarks() and not self.is_listed(),
        }[kind]
        fits = owed and (kind, one) not in self.bound | self.lapsed
        self.book.commit(kind, one, "" if kind == "final_list" else other(one))
        if self.tried(fits):
            self.bound.add((kind, one))

    @rule(one=party)
    def want(self, one):
        fits = (
            one not in self.done["wanted_list"]
            and ("wanted_list", one) not in self.lapsed
            and not self.asked()
            and self.may_show("wanted_list")
        )
        self.book.want(one, other(one), 4, **self.opening("wanted_list", one, other(one)))
        if self.tried(fits):
            self.done["wanted_list"][one] = self.book.entries[-1]

    @rule(one=party)
    def answer(self, one):
        asked = self.done["wanted_list"].get(other(one))
        if asked is None:
            return
        fits = (
            self.asked()
            and one not in self.done["answers"]
            and ("answers", one) not in self.lapsed
            and not self.answered()
            and self.may_show("answers")
        )
        self.book.answer(one, other(one), asked, **self.opening("answers", one, other(one)))
        if self.tried(fits):
            self.done["answers"][one] = self.book.entries[-1]

    @rule(one=party)
    def remark(self, one):
        said = self.done["answers"].get(other(one))
        if said is None:
            return
        is_bound = one in self.final or ("final_list", one) in self.bound
        fits = (
            self.answered()
            and one not in self.done["remarks"]
            and not is_bound
            and not self.is_listed()
        )
        self.book.remark(one, other(one), said)
        if self.tried(fits):
            self.done["remarks"][one] = self.book.entries[-1]
            self.final.pop(other(one), None)
            self.bound.discard(("final_list", other(one)))

    @rule(one=party)
    def reply(self, one):
        remarked = self.done["remarks"].get(other(one))
        if remarked is None:
            return
        fits = other(one) in self.open_remarks()
        self.book.reply(one, other(one), remarked, counts={"upheld": 1})
        if self.tried(fits):
            self.done["replies"][one] = self.book.entries[-1]

    @rule(one=party)
    def sign_final(self, one):
        fits = (
            self.answered()
            and not self.open_remarks()
            and one not in self.final
            and not self.is_listed()
            and self.may_show("final_list")
        )
        self.book.finish_list(one, **self.opening("final_list", one))
        if self.tried(fits):
            self.final[one] = self.book.entries[-1]

    @rule(one=party, step=st.sampled_from(["wanted_list", "answers", "replies"]))
    def lapse(self, one, step):
        if step == "wanted_list":
            left = one not in self.done[step] and (step, one) not in self.lapsed
            owes = left and not self.asked()
            others = {other(one)} <= {each for of, each in self.lapsed if of == step}
            owes = owes and (bool(self.done[step]) or not others)
        elif step == "answers":
            left = one not in self.done[step] and (step, one) not in self.lapsed
            is_asked = other(one) in self.done["wanted_list"]
            owes = self.asked() and not self.answered() and left and is_asked
        else:
            owes = other(one) in self.open_remarks()
        self.book.write("lapsed", "AE", "mediator", {"step": step, "party": one})
        if self.tried(owes):
            self.lapsed.add((step, one))
            if step == "replies":
                self.lost.add(other(one))

    def teardown(self):
        event(f"ended {self.state.state}")

    # -- what always holds --

    @invariant()
    def the_state_is_what_the_model_says(self):
        expected = "terms_signed"
        if self.asked():
            expected = "wanted"
        if self.answered():
            expected = "remarked" if self.open_remarks() else "answered"
            if self.done["remarks"] and not self.open_remarks():
                expected = "replied"
        if self.is_listed():
            expected = "listed"
        assert self.state.state == expected

    @invariant()
    def every_prefix_folds_to_the_same(self):
        assert fold(self.book.entries) == self.state

    @invariant()
    def nobody_copies_a_half_of_the_seed(self):
        shown = list(self.state.commitments.values())
        assert len(set(shown)) == len(shown)
        assert set(shown) <= {
            hashlib.sha256(bytes.fromhex(nonce)).hexdigest() for nonce in NONCES.values()
        }


class SealedLists(Lists):
    """The same, where nobody shows a list before everybody is bound to its own."""

    is_sealed = True

    @invariant()
    def nothing_is_shown_before_everybody_is_bound(self):
        for kind in ("wanted_list", "answers", "final_list"):
            kinds = [(e.entry.type, e.entry.body.get("kind")) for e in self.book.entries]
            shown = [n for n, (of, _) in enumerate(kinds) if of == kind]
            bound = [
                n for n, (of, what) in enumerate(kinds) if (of, what) == ("list_committed", kind)
            ]
            assert not shown or not bound or min(bound) < min(shown)


_SETTINGS = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestLists = Lists.TestCase
TestLists.settings = _SETTINGS
TestSealedLists = SealedLists.TestCase
TestSealedLists.settings = _SETTINGS
