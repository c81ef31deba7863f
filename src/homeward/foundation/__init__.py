"""Foundation: the few things every room uses and none owns.

Decides how homeward names a failure (`errors`), a party, a person and a flow (`ids`),
a date that is only partly known (`dates`), one byte sequence for one document
(`canonical`), keys, signatures and seals (`crypto`), and hash trees (`merkle`).
It refuses to know anything about prisoners, agreements or ledgers, reads no clock and
draws no chance: whoever needs randomness passes it in.

There is no entry function; import what you need from the module that owns it.
"""
