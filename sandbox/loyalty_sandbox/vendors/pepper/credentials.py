"""Credentials: those of a user, the search, and second ones with their verification."""

from __future__ import annotations

from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, get_own, path_user, require_admin, tenant_id
from .base import pepper
from .contacts import read_credential, require_free, send_code, share_password, use_code
from .errors import forbidden, invalid
from .events import record
from .pages import listed, sort
from .people import new_credential
from .users import shown_credential


@pepper.operation("listCredentialsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the credentials of a user in a member `credentials` (PC-18)."""
    user = path_user(state, request)
    found = state.collection("credentials").find(userId=user["_id"])
    return Reply({"credentials": [shown_credential(credential) for credential in found]})


@pepper.operation("listCredentials")
def list_credentials(state: State, request: Request) -> Reply:
    """Find credentials of the tenant, in pages; for administrators (PC-06)."""
    require_admin(request)
    found = state.collection("credentials").find(tenantId=tenant_id(request))
    if "id" in request.query:
        found = [credential for credential in found if credential["key"] == str(request.query["id"]).strip().casefold()]
    if "provider" in request.query:  # the text writes the values in lower case
        found = [credential for credential in found if credential["provider"] == str(request.query["provider"]).upper()]
    return Reply(listed(request, sort(request, found, ("_id", "id", "provider")), shown_credential))


@pepper.operation("createCredential")
def create_credential(state: State, request: Request) -> Reply:
    """Give the caller a second credential without password, unverified; with `skipVerification` no code is sent (PC-18)."""
    user = caller_user(state, request)
    provider, name, _ = read_credential(request.members)
    require_free(state, user["tenantId"], name)
    skip = bool(request.members.get("skipVerification", False))
    credential = new_credential(state, user, provider, name, verified=skip)
    if skip:
        share_password(state, credential)
    else:
        send_code(state, credential, "verify")
    return Reply(shown_credential(credential))


@pepper.operation("verifyCredential")
def verify_credential(state: State, request: Request) -> Reply:
    """Verify a second credential by its code."""
    credential = get_own(state, request, "credentials", request.path["credentialId"], what="credential")
    user = state.collection("users").get(credential["userId"])
    if credential["userId"] != request.claims.get("user"):
        raise forbidden("Only the user may do this.")
    if credential["isVerified"]:
        raise invalid("The credential is verified already.")
    use_code(state, credential, "verify", request.members["verificationCode"])
    credential["isVerified"] = True
    share_password(state, credential)
    record(state, credential["tenantId"], "CREDENTIAL_VERIFIED", user=user)
    return Reply(shown_credential(credential))
