"""Failures of keys and the documents that say whose they are, in words.

The rules are those of `failure_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_AS_ITS_KIND = ""
_KEYS_ANEW = _("Keep it as evidence. Its party has to write the document of keys anew.")
_SIGN_KEYS = _("Whoever has the key signs with `homeward keys sign`.")

TEXTS: Mapping[str, tuple[Any, Any]] = {
    "keys.device": (
        _("A device may count people at a crossing, and sign nothing else."),
        _AS_ITS_KIND,
    ),
    "keys.ended": (_("A document of keys brings back a key that has ended."), _KEYS_ANEW),
    "keys.first": (
        _("A first document of keys is not under the first key of its party's card."),
        _KEYS_ANEW,
    ),
    "keys.form": (_("This is no document of keys in the agreed form."), _KEYS_ANEW),
    "keys.kind": (_("This key may not sign an entry of this kind."), _AS_ITS_KIND),
    "keys.limit": (
        _("This key accepts no plan of so many people. At most: {max_people}."),
        _("An officer without this limit has to accept it."),
    ),
    "keys.not_held": (_("A document ends keys that its party does not have."), _KEYS_ANEW),
    "keys.officer": (_("Devices are not named by an officer of a root document."), _KEYS_ANEW),
    "keys.other": (_("The document of keys is for another ledger or party."), _KEYS_ANEW),
    "keys.previous": (
        _("The document of keys does not follow the last one of {party}."),
        _("Make it anew from the keys as they are in the ledger."),
    ),
    "keys.quorum": (
        _("Too few root keys signed the document. Expected: {expected}. Found: {found}."),
        _SIGN_KEYS,
    ),
    "keys.revoked": (
        _("The key that signed as {author} has ended."),
        _("Keep the entry as evidence. Nothing counts that this key signed from there on."),
    ),
    "keys.signer": (_("A key signed that has no part in the document of keys."), _KEYS_ANEW),
    "keys.taken": (_("A document of keys gives one key two places."), _KEYS_ANEW),
    "keys.too_few": (
        _("A document of keys names too few officers for what it asks."),
        _KEYS_ANEW,
    ),
    "keys.unsigned": (_("A new key has not signed the document that names it."), _SIGN_KEYS),
    "keys.words": (_("A document of keys asks for what nobody could enforce."), _KEYS_ANEW),
}
