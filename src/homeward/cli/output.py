"""Files in and out, and what stands on standard output and standard error.

Rules of this file:
- Standard output carries the result alone; every other word goes to standard error.
- A file is read within a limit, and written whole or not at all.
- A message names a file by the name it was given, never by its content.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from homeward.foundation.errors import EngineError, InputError

SIMULATION = "SIMULATION: the people are invented."
PLAN_MAX_BYTES = 256 << 20  # a move is about 130 bytes; two million of them


def note(text: str) -> None:
    """Print one line on standard error."""
    print(text, file=sys.stderr)


def write_json(document: object) -> None:
    """Write one JSON document and a newline on standard output."""
    write_stdout(json.dumps(document, ensure_ascii=False).encode() + b"\n")


def write_stdout(data: bytes) -> None:
    """Write exactly these bytes on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def read_file(path: str, *, what: str, max_bytes: int) -> bytes:
    """Read a file that a command names.

    Args:
        path: As given.
        what: What the file is, for the message (`"agreement"`).
        max_bytes: The most that is read.

    Returns:
        Its bytes.

    Raises:
        InputError: There is no such file, it may not be read, or it is too large.
        EngineError: The disk failed.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise InputError(
            "cli.no_file",
            f"Expected the {what} in {path}, found no file that can be read.",
            hint="Check the path and its permissions.",
        ) from error
    except OSError as error:
        raise disk_failed(error) from error
    except ValueError as error:  # a NUL in the path
        raise InputError(
            "cli.no_file", f"Expected the path of the {what}, found no path.", hint="Type it again."
        ) from error
    if len(data) > max_bytes:
        raise InputError(
            "cli.too_large",
            f"Expected the {what} in {path} to have at most {max_bytes} bytes, found more.",
            hint="Check that this is the right file.",
        )
    return data


def write_file(path: str, data: bytes) -> None:
    """Write a file whole or not at all; an older one is replaced.

    Args:
        path: As given; its folder exists.
        data: The content.

    Raises:
        InputError: Its folder does not exist, or may not be written.
        EngineError: The disk failed; the older file is as it was.
    """
    target = Path(path)
    part = None
    try:
        descriptor, part = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        _remove(part)
        raise InputError(
            "cli.no_folder",
            f"Expected a file that can be written, found {path}.",
            hint="Check that its folder exists and may be written.",
        ) from error
    except OSError as error:
        _remove(part)
        raise disk_failed(error) from error


def disk_failed(error: OSError) -> EngineError:
    """Return the error for a disk that fails, without the path that it speaks of."""
    return EngineError(
        "cli.disk",
        f"Expected a disk that answers, found an error ({error.strerror or type(error).__name__}).",
        hint="Check space and permissions, then try again.",
    )


def _remove(part: str | None) -> None:
    if part is not None:
        Path(part).unlink(missing_ok=True)
