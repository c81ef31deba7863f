# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""Who asks: the session of a request and its account, by one short query each.

Rules of this file:
- Every page asks both anew: who was signed out, switched off or given other roles is so
  at the next page, whichever process answers it.
- It is what Django's own classes do, in plain SQL: to put a question into a query takes
  longer than to answer it.

Django finds `SessionStore` by the name of this module.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends import db
from django.db import connection
from django.db.models import DateTimeField
from django.utils import timezone

from homeward.node.web.policy import known_roles

# In the order of the model, as `from_db` wants them. Instants are left out: they would have to
# be converted, and no page asks its reader's own account for them.
_FIELDS = tuple(
    field.attname
    for field in User._meta.concrete_fields  # noqa: SLF001 - Django's documented way to its fields
    if not isinstance(field, DateTimeField)
)
_ACCOUNT = (
    f"SELECT {', '.join(f'u.{name}' for name in _FIELDS)}, g.name FROM auth_user u "  # noqa: S608 - our own names
    "LEFT JOIN auth_user_groups m ON m.user_id = u.id LEFT JOIN auth_group g ON g.id = m.group_id "
    "WHERE u.id = %s"
)
_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """A session as Django keeps it, looked up quickly."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing if it has ended."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, (self.session_key, now))
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = json.loads(_checked(settings.SECRET_KEY, row[0]))
        return found


@lru_cache(maxsize=512)  # as many sessions as are open at a time
def _checked(secret: str, signed: str) -> str:  # noqa: ARG001 - the secret signed it
    """Return what a session holds as JSON: the same text is checked once, however often asked."""
    return json.dumps(db.SessionStore().decode(signed))


class Accounts(AuthenticationBackend):
    """Allauth's accounts, looked up with their roles."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session with its roles; None if it is gone or switched off."""
        with connection.cursor() as cursor:
            cursor.execute(_ACCOUNT, (user_id,))
            rows = cursor.fetchall()
        if not rows:
            return None
        user = User.from_db(connection.alias, _FIELDS, rows[0][:-1])
        user.homeward_roles = known_roles(row[-1] for row in rows)
        return user if self.user_can_authenticate(user) else None
