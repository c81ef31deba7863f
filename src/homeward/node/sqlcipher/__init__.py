"""Django's SQLite backend over SQLCipher: every page of the file is encrypted.

Decides how a connection is opened (key first, then durability); the dialect is Django's
own. It refuses nothing itself: a wrong key shows as a file that is no database.

Django finds `base.DatabaseWrapper` by the name of this package.
"""
