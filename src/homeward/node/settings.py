"""Django for one node: importing this module configures it, once per process.

Rules of this file:
- Django is configured here and nowhere else, before its models can be imported; which
  file or server it opens is decided later, by `home`.
- Errors never show values (`DEBUG` is off), and Django writes no logs of its own.
- One process holds one open node at a time. Changing it closes the connection first.
- The pages in the browser are configured only where their packages are installed (the
  extra `web`): commands work without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, connections

BUSY_SECONDS = 20
IDLE_SECONDS = 30 * 60
HAS_WEB = all(find_spec(name) is not None for name in ("allauth", "granian", "whitenoise"))
"""True where the extra `web` is installed."""

LANGUAGES = (("en", "English"), ("uk", "Українська"), ("ru", "Русский"), ("ar", "العربية"))
"""Languages of the pages, each named in itself."""

_ALIAS = "default"
_NOWHERE: dict[str, Any] = {
    "ENGINE": "homeward.node.sqlcipher",
    "NAME": "",
    "USER": "",
    "HOST": "",
    "PORT": "",
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "OPTIONS": {},
}
_openings = count(1)
_opening = 0
_TURN = int.from_bytes(b"homeward")
_WEB_APPS = (
    "homeward.node.web",
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
    *("django.contrib.messages", "django.contrib.staticfiles"),
    *("allauth", "allauth.account", "allauth.mfa"),
)


def use_database(path: Path, key: bytes) -> None:
    """Point Django at one encrypted file.

    Args:
        path: The file; it is opened at the first query.
        key: 32 bytes.
    """
    release_database()
    _point_at(
        NAME=str(path),
        OPTIONS={
            "key_hex": key.hex(),
            "timeout": BUSY_SECONDS,
            # A writer takes its place at the start, so that it never fails half-way.
            "transaction_mode": "IMMEDIATE",
        },
    )


def use_server(parameters: Mapping[str, str]) -> None:
    """Point Django at one database of a PostgreSQL server.

    Args:
        parameters: Of the connection, by their names in libpq; `dbname` is among them.
    """
    release_database()
    others = dict(parameters)
    place = {name: others.pop(name, "") for name in ("dbname", "user", "host", "port")}
    _point_at(
        ENGINE="django.db.backends.postgresql",
        NAME=place["dbname"],
        USER=place["user"],
        HOST=place["host"],
        PORT=place["port"],
        CONN_MAX_AGE=None,  # each thread keeps its connection
        CONN_HEALTH_CHECKS=True,  # and looks at it before a request
        OPTIONS={
            **others,
            "application_name": "homeward",
            "connect_timeout": BUSY_SECONDS,
            "options": f"-c lock_timeout={BUSY_SECONDS}s",
        },
    )


def release_database() -> None:
    """Close this thread's connection and forget the file and its key, or the server."""
    for opened in connections.all(initialized_only=True):
        opened.close()
        del connections[opened.alias]
    _point_at(**_NOWHERE)


def forget_earlier_database(**_signal: Any) -> None:
    """Drop this thread's connection if it was made before the database was last pointed at.

    A thread that looked at the connection before there was a node would go on asking nowhere.
    """
    for opened in connections.all(initialized_only=True):
        if opened.settings_dict is not connections.settings[_ALIAS]:
            opened.close()
            del connections[opened.alias]


def _point_at(**changed: Any) -> None:
    global _opening  # noqa: PLW0603 - Django itself is one per process
    _opening = next(_openings)
    # A new dictionary each time: what was opened before keeps its own.
    connections.settings[_ALIAS] = {**connections.settings[_ALIAS], **changed}


def opening() -> int:
    """Return a number of what is open now; nothing that was open before had it."""
    return _opening


def on_server() -> bool:
    """Say whether the tables are on a server."""
    return bool(connection.vendor == "postgresql")


def take_turn() -> None:
    """Wait, inside a transaction, until no other writer of these tables is in one.

    A file has one writer at a time by itself; on a server a lock until the end of the
    transaction makes it so.
    """
    if on_server():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def use_secret(secret: str, *, party: str) -> None:
    """Give the pages of a node their secret and cookies of their own.

    Nodes of one machine share its host name: without names of their own one would
    overwrite the cookies of another.

    Args:
        secret: Signs sessions and forms.
        party: Code of the party.
    """
    settings.SECRET_KEY = secret
    settings.SESSION_COOKIE_NAME = f"homeward_{party}_session"
    settings.CSRF_COOKIE_NAME = f"homeward_{party}_form"


def use_language(code: str) -> None:
    """Write the pages in this language, if it is one of ours, where a browser asks for none."""
    if code in dict(LANGUAGES):
        settings.LANGUAGE_CODE = code


def allow_host(host: str) -> None:
    """Answer requests that name another host than this machine's own names."""
    if host not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, host]


def use_tls() -> None:
    """Let cookies travel by TLS alone."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.LANGUAGE_COOKIE_SECURE = True


def _web() -> dict[str, Any]:
    return {
        "ROOT_URLCONF": "homeward.node.web.urls",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", ".localhost"],
        "MIDDLEWARE": [
            "homeward.node.web.middleware.SecurityHeaders",  # outermost: no answer without it
            "homeward.node.web.middleware.Compression",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "homeward.node.web.middleware.LivingSessions",
            "django.middleware.locale.LocaleMiddleware",
            "homeward.node.web.pages.first_run.FirstRun",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "homeward.node.web.accounts.OneTimePasswords",
            "homeward.node.web.middleware.Problems",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "homeward.node.web.shell.shell",
                    ]
                },
            }
        ],
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,  # straight from the package: nothing to collect
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "WHITENOISE_MAX_AGE": 600,
        "USE_I18N": True,
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_CODE": "en",
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "homeward.node.web.problems.form_refused",
        "FILE_UPLOAD_HANDLERS": ["homeward.node.web.receive.KeptInMemory"],
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 201_000_000,  # the largest list, and the form around it
        "CACHES": {
            "default": {"BACKEND": "homeward.node.web.remembered.Remembered"},
            "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        },
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        **_accounts(),
    }


def _accounts() -> dict[str, Any]:
    rules = "django.contrib.auth.password_validation."
    return {
        "AUTHENTICATION_BACKENDS": ["homeward.node.web.signed_in.Accounts"],
        "SESSION_ENGINE": "homeward.node.web.signed_in",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": IDLE_SECONDS,
        # Memory-hard and part of Python; the node's own passphrase has argon2id.
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": rules + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": rules + "CommonPasswordValidator"},
            {"NAME": rules + "UserAttributeSimilarityValidator"},
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "home",
        "ACCOUNT_ADAPTER": "homeward.node.web.accounts.NobodySignsUp",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_SESSION_REMEMBER": False,  # the session ends with the browser, or when idle
        "ACCOUNT_RATE_LIMITS": {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"},
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "Homeward",
    }


def _configure() -> None:
    settings.configure(
        DEBUG=False,
        INSTALLED_APPS=["homeward.node", *(_WEB_APPS if HAS_WEB else ())],
        DATABASES={_ALIAS: dict(_NOWHERE)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        **(_web() if HAS_WEB else {}),
    )
    django.setup()


_configure()
