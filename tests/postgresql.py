"""A PostgreSQL server for the tests: no port, no fsync, gone when they end.

With HOMEWARD_TEST_DATABASE=postgresql every node of the tests has its tables there, each
in a database of its own; without it, in its encrypted file.
"""

import contextlib
import functools
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

WANTED = os.environ.get("HOMEWARD_TEST_DATABASE") == "postgresql"


def programs():
    """Return the folder of the server's programs, the newest there is, or None."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found.sort(key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Server:
    """One server, and the databases that tests made on it."""

    user = "homeward"

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="homeward-postgresql-"))
        self.made = []
        self._with_tables = None
        self._names = (f"node_{number}" for number in itertools.count(1))
        self._programs = programs()
        self._as_nobody = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(self.folder, "nobody", "nogroup")
        self._run(
            "initdb", "--pgdata", self.folder / "data", "--username", self.user, "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        settings = (
            *("listen_addresses=", "fsync=off", "full_page_writes=off", "autovacuum=off"),
            *("synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0"),
        )
        # The server ends with us, however we end.
        command = ["setpriv", "--pdeathsig", "QUIT", *self._as_nobody[1:]]
        command += [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        self._process = subprocess.Popen(
            [*command, *(word for setting in settings for word in ("-c", setting))],
            cwd="/", env={"LC_ALL": "C"}, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def _wait(self):
        import psycopg

        for _ in range(300):
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return
            time.sleep(0.1)
        pytest.fail("PostgreSQL did not start within 30 s")

    def stop(self):
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        shutil.rmtree(self.folder)

    def url(self, name):
        return f"postgresql://{self.user}@/{name}?host={self.folder}"

    def new(self, *, template="template1", options=""):
        """Make a database and return its address."""
        name = next(self._names)
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')
        self.made.append(name)
        return self.url(name)

    def new_with_tables(self, make):
        """Make a database that has a node's tables already; the first time `make(url)` makes them."""
        if self._with_tables is None:
            name = "with_tables"
            self.execute(f'CREATE DATABASE "{name}"')
            make(self.url(name))
            self.execute("DROP TABLE homeward_owner", name)
            self._with_tables = name
        return self.new(template=self._with_tables)

    def copy(self, url):
        """Copy the database of an address that nobody uses; return the address of the copy."""
        return self.new(template=_name(url))

    def replace(self, url, by):
        """Put a copy of another database in the place of one."""
        self.execute(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')
        self.execute(f'CREATE DATABASE "{_name(url)}" TEMPLATE "{_name(by)}"')

    def drop_after(self, count):
        """Drop all but the first databases that were made."""
        for name in self.made[count:]:
            self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        del self.made[count:]

    def execute(self, statement, database="postgres"):
        import psycopg

        with contextlib.closing(psycopg.connect(self.url(database), autocommit=True)) as own:
            cursor = own.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _run(self, program, *arguments):
        command = [*self._as_nobody, self._programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", env={"LC_ALL": "C"})


@functools.cache
def server():
    """Start the server of these tests, once in a process; `stop` ends it."""
    return Server()


def running():
    return server.cache_info().currsize > 0


def stop():
    if running():
        server().stop()
        server.cache_clear()


def copy_node(node, folder):
    """Copy a closed node, folder and tables: two nodes that know nothing of one another."""
    from homeward.node import home

    shutil.copytree(node.home, folder)
    if not node.about.database:
        return replace(node, home=folder)
    about = replace(node.about, database=server().copy(node.about.database))
    home.write_private(folder / home.NODE_FILE, home.describe(about))
    return replace(node, home=folder, about=about)


def roll_back(node, to):
    """Put the folder and the tables of a closed node as they stand in another copy of it."""
    from homeward.node import home

    shutil.rmtree(node.home)
    shutil.copytree(to.home, node.home)
    if node.about.database:
        home.write_private(node.home / home.NODE_FILE, home.describe(node.about))
        server().replace(node.about.database, by=to.about.database)


def put_nodes_there():
    """Let every node that a test makes or restores have its tables on the server."""
    from homeward.node import backup, home

    home.init_node = _on_server(home.init_node, _with_tables)
    home.make_tables = _quickly(home.make_tables)
    backup.restore = _on_server(backup.restore, lambda: server().new())


def _on_server(make, new):
    @functools.wraps(make)
    def made(*args, **arguments):
        if not arguments.get("database"):
            arguments["database"] = new()
        return make(*args, **arguments)

    return made


def _with_tables():
    from homeward.node import home, tables

    home.require_none_open()
    make = functools.partial(tables.make_tables, Path(), key=bytes(32), party="XA")
    url = server().new_with_tables(make)
    _PREPARED.add(url)
    return url


_PREPARED = set()


def _quickly(make_tables):
    """Let a prepared database pass for an empty one: its migrations are done."""
    from homeward.node import postgresql

    @functools.wraps(make_tables)
    def made(file, database, **arguments):
        if database not in _PREPARED:
            return make_tables(file, database, **arguments)
        with mock.patch.object(postgresql, "table_names", return_value=[]):
            return make_tables(file, database, **arguments)

    return made


def _name(url):
    return url.partition("?")[0].rpartition("/")[2]
