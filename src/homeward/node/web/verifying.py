# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""A ledger, a receipt or evidence that anybody uploads to have it checked, without an account.

Rules of this file:
- It is kept in memory while it is checked, and never afterwards; nothing larger is kept at all.
- One upload is checked at a time: nobody can keep all of this machine busy from outside.
"""

from __future__ import annotations

import threading
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest

from homeward.foundation.errors import EngineError, InputError
from homeward.ledger.note import NoteVerifier
from homeward.node.actions.checking import Checked, check_file
from homeward.node.actions.ledger import UPLOAD_MAX_BYTES
from homeward.node.home import Node

VKEY_MAX_CHARS = 500
_checking = threading.Lock()


class KeptForChecking(MemoryFileUploadHandler):
    """Takes a ledger up to the size that is checked here; drops what is larger."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take no ledger that is larger than one checked here may be."""
        super().handle_raw_input(*args, **kwargs)
        length = args[2] if len(args) > 2 else kwargs["content_length"]
        self.activated = length <= UPLOAD_MAX_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the bytes of a ledger that is taken, and no others."""
        if self.activated:
            super().receive_data_chunk(raw_data, start)


def check(request: HttpRequest, node: Node | None, followed: NoteVerifier | None) -> Checked:
    """Check the uploaded file of a form.

    Args:
        request: With the file as `ledger`, and the key as `vkey` if one was typed in.
        node: The open node, if there is one.
        followed: The log that this node follows, if any.

    Returns:
        What it holds.

    Raises:
        InputError: There is no file, it is too large, or it is none.
        TamperError: It was changed.
        PeerError: An entry of it was not allowed.
        EngineError: Another one is being checked.
    """
    file = request.FILES.get("ledger")
    if file is None:
        raise InputError(
            "verify.no_file",
            f"Expected a file of at most {UPLOAD_MAX_BYTES} bytes, found none.",
            hint="Choose a ledger as one zip file; check a larger one with the command.",
            facts={"max_bytes": UPLOAD_MAX_BYTES},
        )
    if not _checking.acquire(blocking=False):
        raise EngineError(
            "verify.busy",
            "Expected to check one ledger at a time, found another being checked.",
            hint="Wait a minute, then try again.",
        )
    try:
        vkey = request.POST.get("vkey", "")[:VKEY_MAX_CHARS]
        return check_file(file.read(), vkey=vkey, node=node, followed=followed)
    finally:
        _checking.release()
