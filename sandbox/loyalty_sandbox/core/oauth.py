"""Token addresses of OAuth2, by the flows that the security schemes declare, and credentials where a vendor brings none."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from .documents import JSON, Document
from .exchange import Refused, Reply
from .security import basic_login, schemes
from .spec import Spec
from .state import State
from .tokens import TOKENS, expired, keep_token

CLIENTS, USERS = "$clients", "$users"
_LIFETIME = 3600  # seconds, where the spec names none
_FLOWS = {"clientCredentials": "client_credentials", "password": "password"}


@frozen
class Door:
    """A token address: its path below the vendor's address, and the schemes by grant."""

    path: str
    grants: dict[str, list[str]]
    lifetime: int


@frozen
class Credential:
    """One way in, shown on the index page and at the start: constructor arguments of the client by name."""

    label: str
    arguments: dict[str, str]


def find_doors(spec: Spec) -> list[Door]:
    """List the token addresses of a spec."""
    servers = [str(each.get("url", "")) for each in spec.document.get("servers", []) if isinstance(each, dict)]
    prefixes = [urlsplit(url.replace("{", "").replace("}", "")).path.rstrip("/") for url in servers]
    doors: dict[str, Door] = {}
    for name, scheme in schemes(spec).items():
        request: Any = scheme.get("x-token-request")
        lifetime = request.get("lifetime", _LIFETIME) if isinstance(request, dict) else _LIFETIME
        for flow, rules in (scheme.get("flows") or {}).items():
            for address in {rules.get("tokenUrl"), rules.get("refreshUrl")} - {None}:
                path = "/" + urlsplit(address).path.strip("/")
                prefix = next((each for each in prefixes if each and path.startswith(each + "/")), "")
                door = doors.setdefault(path.removeprefix(prefix), Door(path.removeprefix(prefix), {}, lifetime))
                if flow in _FLOWS:
                    door.grants.setdefault(_FLOWS[flow], []).append(name)
    return list(doors.values())


def issue(door: Door, state: State, members: JSON, headers: dict[str, str]) -> Reply:
    """Answer a token request in JSON or as a form; the client comes in the body or by HTTP Basic."""
    body: Document = members if isinstance(members, dict) else {}
    grant = body.get("grant_type")
    name, _, secret = (basic_login(headers) or "").partition(":")
    name, secret = name or str(body.get("client_id", "")), secret or str(body.get("client_secret", ""))
    client = state.collection(CLIENTS).get(name)
    if client is None or not _equal(secret, client["client_secret"]):
        raise token_error("invalid_client", "The client is not known, or its secret is wrong.", status=401)
    if grant == "refresh_token":
        return _refreshed(door, state, str(body.get("refresh_token", "")), name)
    if not isinstance(grant, str) or grant not in door.grants:
        raise token_error(
            "unsupported_grant_type" if grant else "invalid_request", f"Served are: {', '.join(door.grants)}."
        )
    if grant == "client_credentials":
        if client.get("claims") is None:
            raise token_error("unauthorized_client", "This client has no credentials of its own.")
        return _tokens(door, state, door.grants[grant], client["claims"], name, refresh=False)
    tenant = headers.get("x-tenant", "")
    user = state.collection(USERS).get(f"{tenant}/{body.get('username', '')}".removeprefix("/"))
    if user is None or not _equal(str(body.get("password", "")), user["password"]):
        raise token_error("invalid_grant", "The name or the password is wrong.")
    return _tokens(door, state, door.grants[grant], user["claims"], name, refresh=True)


def token_error(error: str, text: str, *, status: int = 400) -> Refused:
    """Make the refusal of a token request, as RFC 6749 writes it."""
    return Refused(Reply({"error": error, "error_description": text}, status=status))


def fill(spec: Spec, slug: str, state: State) -> list[Credential]:
    """Make artificial credentials for every security scheme, and list them."""
    found = []
    for name, scheme in schemes(spec).items():
        argument, kind = str(scheme.get("x-argument", name)), scheme.get("type")
        secret = f"sandbox-{slug}-{name}"
        if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
            arguments = {"username": "sandbox", "password": secret}
            secret = f"sandbox:{secret}"
        elif kind == "oauth2":
            arguments = {
                "access_token": secret,
                "client_id": f"sandbox-{slug}",
                "client_secret": f"sandbox-{slug}-secret",
            }
            arguments |= (
                {"username": "sandbox", "password": f"sandbox-{slug}-password"}
                if "password" in scheme.get("flows", {})
                else {}
            )
            client: Document = {
                "client_id": arguments["client_id"],
                "client_secret": arguments["client_secret"],
                "claims": {},
            }
            state.collection(CLIENTS).put(arguments["client_id"], client)
            state.collection(USERS).put("sandbox", {"password": f"sandbox-{slug}-password", "claims": {}})
        elif kind == "mutualTLS":
            continue
        else:
            arguments = {argument: secret}
        keep_token(state, secret, schemes=[name], claims={}, credential=f"sandbox {name}")
        found.append(Credential(f"{name} ({kind})", arguments))
    return found


def _refreshed(door: Door, state: State, secret: str, client: str) -> Reply:
    """Take a refresh token, which ends with its use."""
    old = state.collection(TOKENS).get(secret)
    if old is None or "$refresh" not in old["schemes"] or expired(state, old) or old["credential"] != client:
        raise token_error("invalid_grant", "The refresh token is not valid.")
    state.collection(TOKENS).delete(secret)
    return _tokens(door, state, old["schemes"][1:], old["claims"], client, refresh=True)


def _tokens(door: Door, state: State, names: list[str], claims: Document, client: str, *, refresh: bool) -> Reply:
    number = state.next_number("$token")
    access = f"sandbox-{state.vendor}-token-{number:06d}"
    who = str(claims.get("user", client))
    keep_token(state, access, schemes=names, claims=claims, credential=who, lifetime=door.lifetime)
    body: Document = {"access_token": access, "token_type": "Bearer", "expires_in": door.lifetime}
    if refresh:
        body["refresh_token"] = f"sandbox-{state.vendor}-refresh-{number:06d}"
        keep_token(state, body["refresh_token"], schemes=["$refresh", *names], claims=claims, credential=client)
    return Reply(body)


def _equal(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
