"""`homeward agreement`: what an agreement says, in sentences, and the hash that all sides reach.

Rules of this file:
- The hash is over what the agreement says, never over the text: who formats a file, or
  writes another comment, keeps it.
- `--format` writes the agreement and nothing else, so that it can be sent into a file.
"""

from __future__ import annotations

import argparse

from homeward.cli.output import read_file, write_json, write_stdout
from homeward.terms.agreement import TEXT_MAX_BYTES, read_agreement
from homeward.terms.normal import format_agreement, normal_form
from homeward.terms.sentences import tell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward agreement`.

    Args:
        parser: Of the command.
    """
    parser.add_argument("terms", metavar="TERMS.toml", help="the agreement")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--format",
        action="store_true",
        help="write it in one layout, without its comments; the hash stays",
    )
    how.add_argument(
        "--json", action="store_true", help="write its normal form, its hash and its sentences"
    )


def run(args: argparse.Namespace) -> int:
    """Show an agreement.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: The file cannot be read, or is no agreement; the message says where.
    """
    agreement = read_agreement(read_file(args.terms, what="agreement", max_bytes=TEXT_MAX_BYTES))
    if args.format:
        write_stdout(format_agreement(agreement).encode())
        return 0
    sentences = tell(agreement)
    if args.json:
        write_json(
            {
                "terms_sha256": agreement.sha256,
                "normal_form": normal_form(agreement),
                "sentences": [{"about": each.about, "text": each.text} for each in sentences],
            }
        )
        return 0
    about = ""
    for sentence in sentences:
        if sentence.about != about:
            about = sentence.about
            print(f"{about[0].upper()}{about[1:]}:")
        print(f"  {sentence.text}")
    print(f"terms_sha256: {agreement.sha256}")
    return 0
