"""Who takes part in another way than with a node, in plain English sentences.

The rules are those of `sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator

from homeward.terms.agreed import Agreement


def sides_sentences(agreement: Agreement) -> Iterator[tuple[str, str]]:
    """Yield which parties are on paper, who observes and who must cosign; perhaps nothing."""
    for party in agreement.on_paper:
        received = f"a mediator enters what it receives of {party}, and it stands everywhere as"
        yield "agreement", f"{party} takes part on paper: {received} received, unsigned."
        yield "agreement", f"Two officers of the mediator enter that {party} accepts a plan."
    for observer in agreement.observers:
        follows = "it follows the record in hashes and counts, and records nothing"
        yield "agreement", f"{observer} observes: {follows}."
    if agreement.cosigned:
        many = {"all": "every party", "any": "one party"}
        share = many.get(agreement.cosigned, f"{agreement.cosigned} of the parties")
        steps = "no seed is shown, no plan accepted and nobody let go"
        yield "agreement", f"Before {share} has cosigned what comes before, {steps}."
