"""Records: lists of people held and people wanted.

Decides what one row of a list says and whether it may be used: encodings, columns,
allowed values, dates, references. It refuses to guess: a cell it cannot read makes a
problem for the owner of the list, never a silent repair, and of rows that share a
reference none is kept. It does not know who is the same person as whom.

Enter by `read_list`; go out by `write_csv` or `write_xlsx`.
"""

from homeward.records.read import read_list
from homeward.records.write import write_csv, write_xlsx

__all__ = ["read_list", "write_csv", "write_xlsx"]
