"""The secret that salts the lines of one case.

Rules of this file:
- It is drawn when the first line of the case is salted, and rests sealed in the tables.
- Once it is gone nobody makes the salts of its lines again: not this node, not with all its
  keys. So a line that was erased is a hash of what nobody can guess.
"""

from __future__ import annotations

from os import urandom

from homeward.foundation.crypto import KEY_BYTES
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.home import Node
from homeward.node.models import CaseSecret

PURPOSE = "case secret"


def case_secret(node: Node, case: str) -> bytes:
    """Return the secret of a case, 32 bytes; it is drawn if there is none yet."""
    row = CaseSecret.objects.filter(case=case).first()
    if row is None:
        with node.transaction():
            sealed = seal_at_rest(node, urandom(KEY_BYTES), purpose=PURPOSE)
            row, _ = CaseSecret.objects.get_or_create(case=case, defaults={"secret": sealed})
    return open_at_rest(node, row.secret, purpose=PURPOSE)
