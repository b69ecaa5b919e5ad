"""Overlay actions that would make the effective spec say what was seen, each with a free number, ready to review."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import mapping, resolve
from scripts.common.jsonpath import Place, quoted, value_at, write_query
from scripts.common.problems import PipelineError
from scripts.observe.findings import Finding
from scripts.observe.judge import Judgement
from scripts.observe.move import move
from scripts.observe.shapes import SAID, as_schema, told_apart
from scripts.observe.words import SEVERAL, Words, is_token
from scripts.spec.overlay import Action, apply_overlay

_SCHEMA_KINDS = ("type", "null", "format", "enum")
_PLAIN = {"string", "integer", "number", "boolean", "null"}
_UNTIL = "The vendor describes it."
_CONFIRM = "The names may be values; confirm each with --confirm NAME once you have looked at it."
Change = dict[str, Any]


@dataclass
class Proposal:
    """Hold one number, what it says, and the actions that treat it; `hand` says why there are none."""

    number: str
    text: str
    evidence: str
    actions: list[Change] = field(default_factory=list)
    hand: str = ""


def free_numbers(page: str, slug: str) -> Iterator[str]:
    """Yield numbers that a page of evidence does not use yet."""
    used = re.findall(r"\*\*([A-Z])-(\d+)\*\*", page) or [(slug[0].upper(), "0")]
    return (f"{used[0][0]}-{number:02}" for number in itertools.count(1 + max(int(number) for _, number in used)))


def propose(
    document: dict[str, Any], judgement: Judgement, words: Words, numbers: Iterator[str]
) -> tuple[list[Proposal], dict[str, Any]]:
    """Return a proposal for everything that is sure, and the document they give: schemas first, then operations, and their moves last."""
    groups: dict[tuple[str, Place], list[Finding]] = {}
    order = (*_SCHEMA_KINDS, *_MAKERS)
    found = [item for item in judgement.findings.values() if item.sure and item.kind in order]

    def rank(item: Finding) -> tuple[int, int]:
        kind = order.index(item.kind)
        # What stands inside of a schema is changed before what is around it, since that may put it elsewhere.
        return (kind, 0) if kind >= order.index("status") else (-1, -len(item.place))

    for finding in sorted(found, key=rank):
        group = "schema" if finding.kind in _SCHEMA_KINDS else finding.kind
        groups.setdefault((group, finding.place), []).append(finding)
    proposals: list[Proposal] = []
    plain = json.loads(json.dumps(document).replace(', "x-expected": true', ""))  # what overlays see
    for (group, place), findings in groups.items():
        told = (say(finding, words) for finding in findings)
        evidence = "; ".join(dict.fromkeys(finding.evidence for finding in findings))
        proposal = Proposal(next(numbers), f"{'; '.join(dict.fromkeys(told))}.", evidence)
        try:
            changes = list(_MAKERS[group](plain, place, findings, words, judgement))
        except LookupError as problem:
            changes, proposal.hand = [], str(problem.args[0])
        before = plain
        for change in changes:
            change = {"target": change.pop("target"), "x-id": proposal.number, "description": proposal.text,
                      "x-evidence": f"Traffic: {proposal.evidence}.", "x-until": _UNTIL, **change}  # fmt: skip
            action = Action("proposal", len(proposal.actions) + 1, change["target"], (proposal.number,), "", "", change)
            try:
                plain, _ = apply_overlay(plain, [action])
            except PipelineError as problem:
                plain, proposal.actions, proposal.hand = before, [], problem.found
                break
            proposal.actions.append(change)
        if not proposal.actions and not proposal.hand:
            proposal.hand = "Only a person can say what it should be."
        proposals.append(proposal)
    return proposals, plain


def say(finding: Finding, words: Words) -> str:
    """Say what one finding is, without a value of traffic."""
    if finding.text:
        return finding.text
    where = ".".join(str(step) for step in finding.place[1:] if step not in ("schemas", "properties", "schema"))
    is_name = words.may_show(finding.key, max(finding.count, finding.shape.records))
    shown = finding.key if is_name else "whose name may be a value"
    if finding.kind == "enum":
        tokens = confirmed_tokens(finding, words)
        return f"{where}: {', '.join(tokens) or f'{len(finding.detail)} values'} beyond the enum"
    return {
        "member": f"{where}: member {shown} is not described",
        "required": f"{where}: {finding.key} is required and may be absent",
        "type": f"{where}: {finding.key} in place of the stated type",
        "null": f"{where}: null, which the spec does not allow",
        "format": f"{where}: not in the format {finding.key}",
        "body": f"{where}: what the reply holds is not described",
        "parameter": f"{where}: query parameter {shown} is not described",
    }[finding.kind]


def confirmed_tokens(finding: Finding, words: Words) -> list[str]:
    """Return the new members of an enum: short, seen in several records, confirmed by a person."""
    return [t for t, n in finding.detail.items() if n >= SEVERAL and is_token(t) and t in words.confirmed]


def _schema(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    """Replace one schema: types, null, format and enum are corrected together, examples that no longer fit go."""
    old = value_at(document, place)
    kinds = {finding.kind for finding in found}
    tokens = [token for finding in found if finding.kind == "enum" for token in confirmed_tokens(finding, words)]
    if kinds == {"enum"}:
        if not tokens:
            raise LookupError("Name the values with --confirm once you have looked at them.")
        yield {"target": write_query((*place, "enum")), "x-expect": old["enum"], "update": tokens}
        return
    new = {key: value for key, value in old.items() if not (key == "format" and "format" in kinds)}
    if shapes := [finding for finding in found if finding.kind == "type"]:
        new = _other_type(place, old, shapes, words, seen)
    if "null" in kinds:
        new = _nullable(new)
    if tokens and "enum" in new:
        new["enum"] = [*new["enum"], *tokens]
    yield from replace(place, old, new)


def _other_type(place: Place, old: Any, found: list[Finding], words: Words, seen: Judgement) -> dict[str, Any]:
    """Return a schema for what came in place of the stated type, or for both where the stated one came too."""
    types = {finding.key for finding in found}
    head = {key: value for key, value in old.items() if key in ("description", "x-client-name")}
    stated = old.get("type", [])
    kept = {stated} if isinstance(stated, str) else set(stated)
    if place not in seen.fits:
        kept &= {"null"}
    elif not (types | kept) <= _PLAIN or old.keys() & {"$ref", "format", "enum", "anyOf", "oneOf"}:
        beside = {key: value for key, value in old.items() if key not in head}
        return {**head, "anyOf": [beside, *(as_schema(finding.shape, words, described=False) for finding in found)]}
    if types <= _PLAIN:
        return {**head, "type": _listed([*kept, *types])}
    return {**as_schema(found[0].shape, words), **head}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**beside, "anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return {**schema, word: [*schema[word], {"type": "null"}]}
    stated = schema.get("type", [])
    types = [stated] if isinstance(stated, str) else list(stated)
    extra = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": _listed([*types, "null"]), **extra} if types else {**schema, **extra}


def _listed(types: list[str]) -> str | list[str]:
    names = sorted(set(types) - {"null"}) + (["null"] if "null" in types else [])
    return names[0] if len(names) == 1 else names


def replace(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Take out what stands at a place, and put something else there: an update cannot take members away."""
    yield {"target": write_query(place), "x-expect": old, "remove": True}
    yield {"target": write_query(place[:-1]), "update": {place[-1]: new}}


def _members(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    shown = {f.key: as_schema(f.shape, words) for f in found if words.may_show(f.key, f.shape.records)}
    if not shown:
        raise LookupError(_CONFIRM)
    told_apart(shown, value_at(document, place).get("properties") or ())
    yield {"target": write_query(place), "update": {"properties": shown}}


def _required(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    for finding in found:
        target = f"{write_query((*place, 'required'))}[?@ == {quoted(finding.key)}]"
        yield {"target": target, "x-expect": finding.key, "remove": True}


def _body(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    new = as_schema(found[0].shape, words)
    if place[-2] == "responses":
        new = {"description": "As seen in traffic.", "content": {"application/json": {"schema": new}}}
    yield from replace(place, value_at(document, place), new)


def _status(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    responses = mapping(value_at(document, (*place, "responses")))
    for finding in found:
        like = finding.detail
        new: dict[str, Any] = copy.deepcopy(responses[like]) if like else {"description": SAID}
        schemas = (resolve(document, mapping(media).get("schema")) for media in mapping(new.get("content")).values())
        if finding.shape.types and (not like or any("x-undocumented" in schema for schema in schemas)):
            new["content"] = {"application/json": {"schema": as_schema(finding.shape, words)}}
        yield {"target": write_query((*place, "responses")), "update": {finding.key: new}}


def _paging(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    details = {key: value for finding in found for key, value in (finding.detail or {}).items()}
    if not all(words.may_show(part, SEVERAL) for value in details.values() for part in value.split(".")):
        raise LookupError(_CONFIRM)
    if details:
        yield {"target": write_query(place), "x-expect": value_at(document, place), "update": details}


def _move(document: Any, place: Place, found: list[Finding], words: Words, seen: Judgement) -> Iterator[Change]:
    places = {finding.detail for finding in found if finding.detail}
    if len(places) > 1:
        raise LookupError("Several places answer: choose one.")
    for method, path in places:
        yield from move(document, str(place[1]), str(place[2]), path, method.lower())


_MAKERS = {
    "schema": _schema,
    "member": _members,
    "required": _required,
    "body": _body,
    "status": _status,
    "paging": _paging,
    "path": _move,
    "method": _move,
}
