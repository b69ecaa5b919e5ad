"""The e-mail addresses and phone numbers of users, and the codes that are sent to them."""

from __future__ import annotations

import hmac
import re

from ...documents import JSON, Document
from ...state import State
from .access import find_credential, hash_password
from .base import timestamp
from .errors import invalid
from .people import age, new_credential

_FORMS = {"EMAIL": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "MOBILE": re.compile(r"\+?[0-9]{6,15}")}
_CODE_LIFETIME = 3600.0  # seconds


def read_credential(body: Document) -> tuple[str, str, str | None]:
    """Read provider, id and password of a credential; refuses with 422 what is no address or number (PC-18)."""
    provider, name = body.get("provider"), body.get("id")
    if not isinstance(provider, str) or not isinstance(name, str):
        raise invalid("A credential needs provider and id.")
    name = name.strip()
    if provider in _FORMS and not _FORMS[provider].fullmatch(name):
        raise invalid(f"{name[:60]!r} is not valid for {provider}.")
    return provider, name, body.get("token")


def require_free(state: State, tenant: str, name: str) -> None:
    """Refuse a credential that a user has already with 422; the recorded reply of the vendor names it, too."""
    if find_credential(state, tenant, name) is not None:
        raise invalid(f"{name} is registered already.")


def add_credential(state: State, user: Document, body: Document) -> None:
    """Give a user a new credential, or one that is the user's own a new password (PC-18)."""
    provider, name, password = read_credential(body)
    if provider not in _FORMS:
        raise invalid(f"A credential of {provider} cannot be added.")
    known = find_credential(state, user["tenantId"], name)
    if known is None:
        send_code(state, new_credential(state, user, provider, name, password=password), "verify")
    elif known["userId"] != user["_id"]:
        require_free(state, user["tenantId"], name)
    elif password:
        state.collection("credentials").put(known["_id"], {**known, "password": hash_password(password)})


def send_code(state: State, credential: Document, purpose: str) -> None:
    """Send a code of 4 digits by SMS or e-mail; it takes the place of an earlier one and is good for an hour (PC-19)."""
    code = f"{state.next_number('code', first=1001) % 10_000:04d}"
    key = f"{credential['_id']} {purpose}"
    state.collection("codes").put(
        key, {"_id": key, "userId": credential["userId"], "code": code, "sent": timestamp(state)}
    )
    kind = "email" if credential["provider"] == "EMAIL" else "sms"
    state.send(kind, credential["id"], text=f"Your code is {code}.", code=code)


def use_code(state: State, credential: Document, purpose: str, code: JSON) -> None:
    """Use up a code; refuses a wrong, used or old one with 422."""
    key = f"{credential['_id']} {purpose}"
    known = state.collection("codes").get(key)
    if known is None or age(state, known["sent"]) >= _CODE_LIFETIME:
        raise invalid("The code is not valid.")
    if not hmac.compare_digest(known["code"].encode(), str(code).strip().encode()):
        raise invalid("The code is not valid.")
    state.collection("codes").delete(key)


def can_log_in(credential: Document) -> bool:
    """Say whether a credential is for logging in: the first one is, others once they are verified (PC-18)."""
    return bool(credential["isPrimary"] or credential["isVerified"])


def share_password(state: State, credential: Document) -> None:
    """Let a second credential log in with the password of the first (PC-18)."""
    credentials = state.collection("credentials")
    first = credentials.first(userId=credential["userId"], isPrimary=True)
    credentials.put(credential["_id"], {**credential, "password": first["password"] if first else None})
