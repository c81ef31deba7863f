"""Rotations, revocations, old documents and rollbacks in any order, against a simple model."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.handover.logbook import Logbook
from tests.unit.ledger.keybook import devices, ids, key, officers, revocation, root, sign
from tests.unit.negotiation.casebook import Casebook

from homeward.foundation.errors import PeerError, TamperError
from homeward.handover.replay import advance_replay, begin_replay, replay
from homeward.ledger.key_documents import signed_body

CARD = "UA/bureau"
OFFICERS = (CARD, "anna", "boris", "vera")
ROOTS = ("root 1", "root 2", "root 3", "root 4")
DEVICES = ("phone", "tablet")
EVERYBODY = (*OFFICERS, *ROOTS, *DEVICES)
TERMS = Casebook().open().entry.body
SIGNED = Casebook().sign("UA").entry.body
# Mostly all who have to sign; else one is left out, or one too many signs.
SLIPS = st.one_of(st.just(None), st.just(None), st.just(None), st.sampled_from(EVERYBODY))


def some(names, at_least=1):
    return st.lists(st.sampled_from(names), min_size=at_least, unique=True)


class Keys(RuleBasedStateMachine):
    """A bureau whose keys change; the model is four sets, a number and a history."""

    @initialize()
    def begin(self):
        log = Logbook()
        log.open()
        self.state, self.heads = advance_replay(begin_replay("homeward/ae"), log.entries[0]), {}
        self.entries, self.heads = list(log.entries), dict(log.heads)
        self.officers, self.devices, self.roots, self.ended = {CARD}, {}, set(), set()
        self.threshold, self.epoch, self.cases = 0, 0, 0
        self.documents, self.history = [], [{CARD}]

    def offer(self, kind, author, body, signer, *, case="log", is_right):
        """Offer an entry; it is taken if, and only if, the model takes it."""
        log = Logbook()
        log.heads = dict(self.heads)
        entry = log.sign(kind, author, "", body, case=case, signer=key(signer))
        try:
            after = advance_replay(self.state, entry)
        except (PeerError, TamperError):
            assert not is_right, (kind, signer)
            return False
        assert is_right, (kind, signer)
        self.state, self.heads = after, log.heads
        self.entries.append(entry)
        return True

    def keep(self, document, before):
        self.documents.append((document, before))
        self.history += [None] * (len(self.entries) - len(self.history))
        self.history[-1] = self.officers | set(self.devices)

    @rule(roots=some(ROOTS), named=some(OFFICERS), k=st.integers(1, 3), slip=SLIPS, by=st.data())
    def rotate(self, roots, named, k, slip, by):
        k, before = min(k, len(roots)), self.state.keyrings["UA"]
        signers = self.roots | set(roots) | (set(named) - self.officers)
        signers = signers ^ ({slip} if slip else set())
        carrier = by.draw(st.sampled_from([*named, *OFFICERS]))
        document = sign(root(before, roots, officers(named), threshold=k), *sorted(signers))
        is_right = (
            not self.ended & {*roots, *named}
            and set(named) - self.officers <= signers
            and signers <= self.roots | set(roots) | (set(named) - self.officers)
            and len(signers & self.roots) >= self.threshold
            and len(signers & set(roots)) >= k
            and carrier in named
            and (self.epoch > 0 or carrier == CARD)
        )
        body = signed_body(document)
        if self.offer("keys_changed", "UA", body, carrier, is_right=is_right):
            gone = {d for d, officer in self.devices.items() if officer not in named}
            self.ended |= (self.officers - set(named)) | (self.roots - set(roots)) | gone
            self.devices = {d: o for d, o in self.devices.items() if d not in gone}
            self.officers, self.roots, self.threshold = set(named), set(roots), k
            self.epoch += 1
            self.keep(document, before)

    @rule(names=some((*OFFICERS, *DEVICES)), slip=SLIPS, carrier=st.sampled_from(OFFICERS))
    def revoke(self, names, slip, carrier):
        before = self.state.keyrings["UA"]
        if before.head is None:
            return
        signers = self.roots ^ ({slip} if slip else set())
        document = sign(revocation(before, *names), *sorted(signers))
        is_right = (
            set(names) <= self.officers | set(self.devices)
            and signers <= self.roots
            and len(signers) >= self.threshold
            and carrier in self.officers - set(names)
        )
        if self.offer("keys_changed", "UA", signed_body(document), carrier, is_right=is_right):
            gone = {d for d, officer in self.devices.items() if {d, officer} & set(names)}
            self.ended |= set(names) | gone
            self.officers -= set(names)
            self.devices = {d: o for d, o in self.devices.items() if d not in gone}
            self.keep(document, before)

    @rule(officer=st.sampled_from(OFFICERS), names=some(DEVICES, 0), slip=SLIPS)
    def name_devices(self, officer, names, slip):
        before = self.state.keyrings["UA"]
        mine = {d for d, o in self.devices.items() if o == officer}
        added = set(names) - set(self.devices)
        signers = ({officer} | added) ^ ({slip} if slip else set())
        document = sign(devices(before, officer, names), *sorted(signers))
        is_right = (
            self.epoch > 0
            and officer in self.officers
            and signers == {officer} | added
            and not set(names) & (self.ended | (set(self.devices) - mine))
        )
        if self.offer("keys_changed", "UA", signed_body(document), officer, is_right=is_right):
            self.ended |= mine - set(names)
            self.devices = {d: o for d, o in self.devices.items() if d not in mine}
            self.devices |= dict.fromkeys(names, officer)
            self.keep(document, before)

    @rule(which=st.integers(0, 99), carrier=st.sampled_from(OFFICERS))
    def play_an_old_document_again(self, which, carrier):
        if self.documents:
            document, _ = self.documents[which % len(self.documents)]
            self.offer("keys_changed", "UA", signed_body(document), carrier, is_right=False)

    @rule(which=st.integers(0, 99), names=some(OFFICERS), carrier=st.sampled_from(OFFICERS))
    def roll_back(self, which, names, carrier):
        """Every root ever drawn signs keys that follow an earlier state of the party."""
        if self.documents:
            _, earlier = self.documents[which % len(self.documents)]
            if earlier.head == self.state.keyrings["UA"].head:
                return  # only devices came since: the roots' chain is where it was
            document = sign(root(earlier, ROOTS, officers(names)), *ROOTS, *names)
            self.offer("keys_changed", "UA", signed_body(document), carrier, is_right=False)

    @rule(name=st.sampled_from(EVERYBODY))
    def sign_an_entry(self, name):
        self.cases += 1
        case = f"c-{self.cases}"
        self.offer("case_opened", "AE", TERMS, "AE/mediator", case=case, is_right=True)
        is_right = name in self.officers
        self.offer("terms_signed", "UA", SIGNED, name, case=case, is_right=is_right)

    @invariant()
    def the_keys_of_every_number_stay_what_they_were(self):
        keyring, held = self.state.keyrings["UA"], {CARD, "UA/officer"}
        for index in range(len(self.entries)):
            if index < len(self.history) and self.history[index] is not None:
                held = self.history[index] | ({"UA/officer"} if index == 0 else set())
            assert set(keyring.at(index).grants) == set(ids(*held))
        assert set(ids(*self.ended)) <= keyring.ended
        assert not keyring.ended & keyring.changes[-1].grants.keys()

    def teardown(self):
        if hasattr(self, "state"):
            whole = replay("homeward/ae", self.entries)
            assert whole.keyrings == self.state.keyrings
            assert whole.cases.keys() == self.state.cases.keys()


Keys.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestKeys = Keys.TestCase
