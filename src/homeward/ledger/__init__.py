"""Ledger: the signed append-only log of a case.

Decides whether bytes are one unbroken, signed history that everybody sees alike: entries
(`envelope`), who may follow whom (`chain`), the hash tree (`tree`, `log`), the log's signed
word for it (`note`, `checkpoint`), and the files that outsiders check (`tiles`).
It refuses a changed byte, a gap, a fork and a rewritten history, and knows bytes and keys,
nothing of prisoners. Entries are counted from 0.

Entry functions: `chain.verify_chain` for a history, `tiles.verify_tree` for exported files.
"""
