"""Matching: is the person on this wanted list the person on that held list?

Decides which spellings of a name meet across Ukrainian, Russian, Latin and Arabic letters
(`readings`, `classes`), how alike two full names are (`compare`), and which records are
probably one person, with a sentence and a weight for every part that speaks for or against
(`match`).
It refuses to merge anything: a pair is a proposal that a person confirms. It never sees
how the answer will be used.

Entry function: `homeward.matching.match.match`.
"""
