# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""How a file comes in: into memory, from somebody who is signed in or shows a token.

Rules of this file:
- A file that names people never rests unencrypted: none is spooled to the disk.
- Nobody else's file is kept at all; the page behind the form then finds none.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler


class KeptInMemory(MemoryFileUploadHandler):
    """Takes a file up to `FILE_UPLOAD_MAX_MEMORY_SIZE`; drops what is larger."""

    activated: bool

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Decide, before the first byte of it, whether the file is taken."""
        super().handle_raw_input(*args, **kwargs)
        by_token = getattr(self.request, "auth", None) is not None  # the API sets it first
        self.activated = self.activated and (by_token or self.request.user.is_authenticated)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the bytes, or let them go."""
        if self.activated:
            super().receive_data_chunk(raw_data, start)
