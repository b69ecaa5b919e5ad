"""Token addresses of OAuth2, by the flows that the security schemes declare, and credentials where a vendor brings none."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from .documents import Document
from .exchange import Refusal, Reply, Request
from .nodes import Node
from .records import show
from .security import TOKENS, basic_login, find_token, is_basic, keep_token
from .spec import Operation, Spec
from .state import State

CLIENTS, USERS = "$clients", "$users"
_LIFETIME = 3600  # seconds, where the spec names none
_FLOWS = {"clientCredentials": "client_credentials", "password": "password"}
_FORMS = Node({"application/json": Node(), "application/x-www-form-urlencoded": Node()})


@frozen
class Door:
    """A token address: its path below the vendor's address, and the schemes by grant."""

    path: str
    grants: dict[str, list[str]]
    lifetime: int

    def operation(self) -> Operation:
        """Make the operation that the spec may lack."""
        raw = Node({"requestBody": Node({"content": _FORMS})})
        return Operation(f"POST {self.path}", "POST", self.path, (), (), raw, ())


@frozen
class Credential:
    """One way in, shown on the index page and at the start: constructor arguments of the client by name, and what they stand for.

    `scheme` is the only security scheme that it is for.
    """

    label: str
    arguments: dict[str, str]
    claims: Document = field(factory=dict)
    scheme: str = ""


def find_doors(spec: Spec) -> dict[str, Door]:
    """Return the token addresses of a spec by their paths."""
    servers = [str(each.get("url", "")) for each in spec.document.get("servers", []) if isinstance(each, dict)]
    prefixes = [urlsplit(url.replace("{", "").replace("}", "")).path.rstrip("/") for url in servers]
    doors: dict[str, Door] = {}
    for name, scheme in spec.schemes.items():
        request = scheme.get("x-token-request")
        lifetime = request.get("lifetime", _LIFETIME) if isinstance(request, dict) else _LIFETIME
        for flow, rules in (scheme.get("flows") or {}).items():
            for address in {rules.get("tokenUrl"), rules.get("refreshUrl")} - {None}:
                path = "/" + urlsplit(address).path.strip("/")
                path = path.removeprefix(next((each for each in prefixes if each and path.startswith(f"{each}/")), ""))
                door = doors.setdefault(path, Door(path, {}, lifetime))
                if flow in _FLOWS:
                    door.grants.setdefault(_FLOWS[flow], []).append(name)
    return doors


def issue(operation: Operation, door: Door, state: State, request: Request) -> Reply:
    """Answer the operation of a token address: with what its schema demands besides, and with 400 where it declares no 401."""
    try:
        tokens = _answer(door, state, request.members, request.inbound.headers)
    except Refusal as refusal:
        if refusal.reply and "400" in operation.responses and "401" not in operation.responses:
            raise evolve(refusal, reply=evolve(refusal.reply, status=400)) from refusal
        raise
    return Reply(show(operation.reply, tokens) if operation.reply else tokens)


def list_credentials(spec: Spec, slug: str) -> list[Credential]:
    """List artificial credentials for every security scheme that a request can show."""
    found = []
    for name, scheme in spec.schemes.items():
        arguments = {str(scheme.get("x-argument", name)): _secret(slug, name)}
        if is_basic(scheme):
            arguments = {"username": "sandbox", "password": _secret(slug, name)}
        elif scheme.get("type") == "oauth2":
            arguments = {"access_token": _secret(slug, name), "client_id": f"sandbox-{slug}"}
            arguments["client_secret"] = _secret(slug, "secret")
            if "password" in scheme.get("flows", {}):
                arguments |= {"username": "sandbox", "password": _secret(slug, "password")}
        if scheme.get("type") != "mutualTLS":
            found.append(Credential(f"{name} ({scheme.get('type')})", arguments))
    return found


def keep(spec: Spec, credential: Credential, state: State) -> None:
    """Let a credential in: its client and user at the token address, its secrets by the schemes whose argument they are."""
    given, claims = credential.arguments, credential.claims
    client = given.get("client_id")
    if client is not None:
        own = claims if "client_secret" in given else None
        state.collection(CLIENTS).put(client, {"client_secret": given.get("client_secret", ""), "claims": own})
    if "username" in given:
        user = f"{given.get('tenant', '')}/{given['username']}".removeprefix("/")
        state.collection(USERS).put(user, {"password": given["password"], "claims": claims})
    for name, scheme in spec.schemes.items():
        secret = given.get("access_token" if scheme.get("type") == "oauth2" else str(scheme.get("x-argument", name)))
        if is_basic(scheme) and "username" in given:
            secret = f"{given['username']}:{given['password']}"
        if secret is not None and credential.scheme in ("", name):
            known = state.collection(TOKENS).get(secret) or {"schemes": []}
            who = str(claims.get("user") or client or secret)
            keep_token(state, secret, schemes=[*known["schemes"], name], claims=claims, credential=who)


def _secret(slug: str, name: str) -> str:
    return f"sandbox-{slug}-{name}"


def _answer(door: Door, state: State, body: Document, headers: Mapping[str, str]) -> Document:
    """Answer a token request in JSON or as a form; the client comes in the body or by HTTP Basic."""
    grant = body.get("grant_type")
    name, _, secret = (basic_login(headers) or "").partition(":")
    name, secret = name or str(body.get("client_id", "")), secret or str(body.get("client_secret", ""))
    client = state.collection(CLIENTS).get(name)
    if client is None or not hmac.compare_digest(secret.encode(), client["client_secret"].encode()):
        raise _error("invalid_client", "The client is not known, or its secret is wrong.", status=401)
    if grant == "refresh_token":  # it ends with its use
        token = find_token(state, str(body.get("refresh_token", "")), "$refresh")
        if token is None or token["credential"] != name:
            raise _error("invalid_grant", "The refresh token is not valid.")
        state.collection(TOKENS).delete(token["token"])
        return _tokens(door, state, token["schemes"][1:], token["claims"], name, refresh=True)
    if not isinstance(grant, str) or grant not in door.grants:
        raise _error("unsupported_grant_type" if grant else "invalid_request", f"Served are: {', '.join(door.grants)}.")
    if grant == "client_credentials":
        if client["claims"] is None:
            raise _error("unauthorized_client", "This client has no credentials of its own.")
        return _tokens(door, state, door.grants[grant], client["claims"], name, refresh=False)
    user = state.collection(USERS).get(f"{headers.get('x-tenant', '')}/{body.get('username', '')}".removeprefix("/"))
    if user is None or not hmac.compare_digest(str(body.get("password", "")).encode(), user["password"].encode()):
        raise _error("invalid_grant", "The name or the password is wrong.")
    return _tokens(door, state, door.grants[grant], user["claims"], name, refresh=True)


def _tokens(door: Door, state: State, names: list[str], claims: Document, client: str, *, refresh: bool) -> Document:
    number = state.next_number("$token")
    access = _secret(state.vendor, f"token-{number:06d}")
    who = str(claims.get("user", client))
    keep_token(state, access, schemes=names, claims=claims, credential=who, lifetime=door.lifetime)
    body: Document = {"access_token": access, "token_type": "Bearer", "expires_in": door.lifetime}
    if refresh:
        body["refresh_token"] = _secret(state.vendor, f"refresh-{number:06d}")
        keep_token(state, body["refresh_token"], schemes=["$refresh", *names], claims=claims, credential=client)
    return body


def _error(error: str, text: str, *, status: int = 400) -> Refusal:
    """Make the refusal of a token request, as RFC 6749 writes it."""
    return Refusal("refused", reply=Reply({"error": error, "error_description": text}, status=status))
