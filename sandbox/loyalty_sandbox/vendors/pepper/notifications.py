"""Notifications: sent in the background, with a receipt for everybody they were meant for."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, path_user, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp
from .errors import invalid
from .operations_job import pace
from .pages import listed
from .people import age
from .seed import ADA
from .segments import path_segment

_CONTENT = ("title", "message", "imageUrl", "deepLink", "buttonText", "type", "value", "isProcessingMessage")
_INTERNAL = {"open", "seconds"}
_KEPT = 45 * 86400.0  # seconds
_COUNTERS = {"SENT": "sent", "FAILED": "failures", "SKIPPED": "skipped"}


@pepper.operation("createNotification")
def create_notification(state: State, request: Request) -> Reply:
    """Send to users, to the fans of locations, to the members of segments or to everybody; ids must be known (PC-54)."""
    require_admin(request)
    body = request.members
    for name, kind in (("userIds", "users"), ("locationIds", "locations"), ("segmentIds", "segments")):
        if name not in body:
            continue
        found = [find_own(state, request, kind, number) for number in body[name]]
        if not found or any(one is None or one.get("deleted") for one in found):
            raise invalid(f"{name} must be ids that are known, one at least.")
        return _send(state, request, {name: list(dict.fromkeys(body[name]))})
    if not body.get("global"):
        raise invalid("The notification has no receivers.")
    return _send(state, request, {"global": True})


@pepper.operation("createNotificationForUser")
def create_for_user(state: State, request: Request) -> Reply:
    """Send to one user."""
    require_admin(request)
    return _send(state, request, {"userIds": [path_user(state, request)["_id"]]})


@pepper.operation("createNotificationByLocation")
def create_by_location(state: State, request: Request) -> Reply:
    """Send to those who have a location among their favourites."""
    require_admin(request)
    location = get_own(state, request, "locations", request.path["locationId"], what="location")
    return _send(state, request, {"locationIds": [location["_id"]]})


@pepper.operation("createNotificationBySegment")
def create_by_segment(state: State, request: Request) -> Reply:
    """Send to the members of a segment."""
    return _send(state, request, {"segmentIds": [path_segment(state, request)["_id"]]})


@pepper.operation("listNotifications")
def list_notifications(state: State, request: Request) -> Reply:
    """List the notifications of the tenant, the oldest first."""
    require_admin(request)
    return Reply(listed(request, state.collection("notifications").find(tenantId=tenant_id(request)), _shown))


@pepper.operation("getNotification")
def get_notification(state: State, request: Request) -> Reply:
    """Read a notification and what has come of it."""
    return Reply(_shown(_notification(state, request)))


@pepper.operation("listNotificationReceipts")
def list_receipts(state: State, request: Request) -> Reply:
    """List the receipts of a notification."""
    found = state.collection("receipts").find(notificationId=_notification(state, request)["_id"])
    return Reply(listed(request, found, dict))


@pepper.operation("listUserNotificationReceipts")
def list_user_receipts(state: State, request: Request) -> Reply:
    """List the receipts of a user."""
    return Reply(listed(request, state.collection("receipts").find(userId=path_user(state, request)["_id"]), dict))


@pepper.before_request
def deliver(state: State) -> None:
    """Deliver what is due, and forget receipts after 45 days."""
    for notification in state.collection("notifications").find(open=True):
        if age(state, notification["createdAt"]) >= notification["seconds"]:
            _deliver(state, notification)
    receipts = state.collection("receipts")
    while (oldest := receipts.first()) is not None and age(state, oldest["createdAt"]) >= _KEPT:
        receipts.delete(oldest["_id"])


@pepper.seed
def seed_notification(state: State) -> None:
    """Make a notification for the user Ada, who has no device."""
    _put(state, TENANT, {"message": "Your free coffee is waiting."}, {"userIds": [ADA]}, "0000000000000000000000b1")
    notification = state.collection("notifications").get("0000000000000000000000b1") or {}
    _deliver(state, {**notification, "type": "alert", "value": "example", "isProcessingMessage": True})


def _send(state: State, request: Request, receivers: Document) -> Reply:
    content = {name: request.members[name] for name in _CONTENT if name in request.members}
    return Reply(_shown(_put(state, tenant_id(request), content, receivers, new_id(state))))


def _put(state: State, tenant: str, content: Document, receivers: Document, key: str) -> Document:
    notification: Document = {"_id": key, "tenantId": tenant, **content, **receivers, "status": "PENDING"}
    notification |= {"sent": 0, "failures": 0, "skipped": 0, "createdAt": timestamp(state)}
    return state.collection("notifications").put(key, {**notification, "open": True, "seconds": pace(state)})


def _deliver(state: State, notification: Document) -> None:
    """Send to everybody: skipped is who has opted out, failed who has no device (PC-55)."""
    for user in _receivers(state, notification):
        status, reason = "SENT", None
        if not notification["isProcessingMessage"] and not user["hasAgreedToReceiveMarketing"]:
            status, reason = "SKIPPED", "No marketing wanted."
        elif user["pushDevice"] is None:
            status, reason = "FAILED", "No device registered."
        else:
            text = {name: notification[name] for name in ("title", "message") if name in notification}
            state.send("push", str(user["pushDevice"]["token"]), userId=user["_id"], **text)
        notification[_COUNTERS[status]] += 1
        if status == "FAILED":
            notification["errorMessage"] = reason
        receipt: Document = {"_id": new_id(state), "notificationId": notification["_id"], "userId": user["_id"]}
        receipt |= {"tenantId": user["tenantId"], "status": status, "createdAt": timestamp(state)}
        receipt |= {} if reason is None else {"reason": reason}
        state.collection("receipts").put(receipt["_id"], receipt)
    notification |= {"status": "COMPLETED", "completedAt": timestamp(state), "open": False}
    state.collection("notifications").put(notification["_id"], notification)


def _receivers(state: State, notification: Document) -> list[Document]:
    """Find whom a notification is meant for when it is delivered; guests and administrators are not (PC-54)."""
    users = state.collection("users").find(tenantId=notification["tenantId"], deleted=False)
    if "userIds" in notification:
        return [user for user in users if user["_id"] in notification["userIds"]]
    users = [user for user in users if "USER" in user["roles"] and not user["isGuest"]]
    if "locationIds" in notification:
        wanted = set(notification["locationIds"])
        return [user for user in users if wanted & set(user["favouriteLocations"])]
    if "segmentIds" in notification:
        memberships = state.collection("segment_users")
        members = {one["userId"] for number in notification["segmentIds"] for one in memberships.find(segmentId=number)}
        return [user for user in users if user["_id"] in members]
    return users


def _notification(state: State, request: Request) -> Document:
    require_admin(request)
    number = request.path["notificationMessageId"]
    return get_own(state, request, "notifications", number, what="notification")


def _shown(notification: Document) -> Document:
    return {name: value for name, value in notification.items() if name not in _INTERNAL}
