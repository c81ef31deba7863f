"""Homeward runs prisoner-of-war exchanges between parties that do not trust one another.

ARCHITECTURE.md says in which room a line lives.
"""

__version__ = "0.1.0"
