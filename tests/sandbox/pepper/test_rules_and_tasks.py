"""Pepper: rules and scheduled tasks, which the sandbox keeps and never carries out."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError
from pepper_client import Pepper

RULE = "0000000000000000000000b4"
TASK = "0000000000000000000000b5"
BODY: dict[str, Any] = {"matchType": "TIME", "conditions": [{"subject": "day"}], "effect": {"segment": {}}}


def test_rules_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, replaced whole, listed, deleted; for administrators."""
    made = admin.rules.create({**BODY, "occurrences": {"max": 1}})
    number = str(made.id)
    assert (True, [{"subject": "day"}]) == (made.active, [one.to_dict() for one in made.conditions])
    admin.rules.update(number, {**BODY, "matchType": "TYPE", "active": False}, include_effect=True)
    rule = admin.rules.get(number).to_dict()
    assert ("TYPE", False, made.created) == (rule["matchType"], rule["active"], rule["created"])
    assert "occurrences" not in rule, "replaced whole"
    assert [RULE, number] == [one.id for one in admin.rules.list()]
    admin.rules.delete(number)
    with pytest.raises(NotFoundError):
        admin.rules.get(number)
    with pytest.raises(PermissionDeniedError):
        ada.rules.list()


def test_rules_are_compared(admin: Pepper) -> None:
    """Two active ones with the same conditions are a finding."""
    assert ({"valid": True, "rules": 1}, []) == report(admin)
    first, second, third = (admin.rules.create({**BODY, "effect": {"n": number}}).id for number in range(3))
    admin.rules.update(str(third), {**BODY, "active": False})
    validation, logic = report(admin)
    assert ({"valid": False, "rules": 3}, [[first, second]]) == (validation, [one["ruleIds"] for one in logic])


def report(admin: Pepper) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read the report on all rules."""
    found = admin.rules.validate()
    return found.validation.to_dict(), [one.to_dict() for one in found.logic]


def test_tasks_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created as drafts, read, changed, listed, deleted; for administrators."""
    made = admin.scheduled_tasks.create({"type": "CREATE_PUSH_NOTIFICATION", "parameters": {"message": "Hi", "n": 1}})
    number = str(made.id)
    assert ("DRAFT", 0) == (made.status, made.attempts)
    admin.scheduled_tasks.update(number, {"parameters": {"message": "Ho"}})
    task = admin.scheduled_tasks.get(number)
    assert ("CREATE_PUSH_NOTIFICATION", {"message": "Ho"}) == (task.type_, task.parameters.to_dict())
    assert [TASK, number] == [one.id for one in admin.scheduled_tasks.list()]
    admin.scheduled_tasks.delete(number)
    with pytest.raises(NotFoundError):
        admin.scheduled_tasks.get(number)
    with pytest.raises(PermissionDeniedError):
        ada.scheduled_tasks.get(TASK)
