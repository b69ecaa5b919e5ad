"""Changes of the invented vendor, on every layer, and what the review must say of each: a cause is one entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.review.repository import Repository

SPEC = "specs/acme/openapi.yaml"
TYPES = "overlays/acme/10-types.yaml"


@dataclass(frozen=True)
class Seed:
    """Hold one change: where it is made, whether it breaks, and the ids the report must list for it."""

    name: str
    breaks: bool
    apply: Callable[[Repository], None]
    ids: tuple[str, ...]


def _remove_operation(repository: Repository) -> None:
    text = (repository.folder / SPEC).read_text(encoding="utf-8")
    start, end = text.index("  /perks/{perkId}:"), text.index("components:\n")
    (repository.folder / SPEC).write_text(text[:start] + text[end:], encoding="utf-8")
    repository.edit("specs/acme/provenance.toml", "operations = 6", "operations = 5")


def _require_member(repository: Repository) -> None:
    repository.edit(SPEC, "      required: [email]\n", "      required: [email, nickname]\n")


def _change_correction(repository: Repository) -> None:
    repository.edit(TYPES, "    update: {type: integer}\n", "    update: {type: number}\n")


def _add_enum_value(repository: Repository) -> None:
    (repository.folder / "overlays/acme/20-levels.yaml").write_text(
        """\
overlay: 1.1.0
info: {title: Levels of members, version: 1.0.0}
extends: ../../specs/acme/openapi.yaml
actions:
  - target: $.components.schemas.Member.properties.tier.enum
    x-id: A-05
    description: The page lists two levels; the help centre speaks of a third.
    x-evidence: Help centre (A1 4).
    update: [platinum]
""",
        encoding="utf-8",
    )
    _treat(repository, "A-05", "The help centre speaks of a third level; no sample shows it.")


def _rename_in_template(repository: Repository) -> None:
    path = repository.folder / "scripts/generate/templates/facade/client.py.jinja"
    text = path.read_text(encoding="utf-8")
    assert "with_raw_response" in text
    path.write_text(text.replace("with_raw_response", "with_whole_reply"), encoding="utf-8")


def _correct_path(repository: Repository) -> None:
    repository.edit(SPEC, "  /perks:\n", "  /rewards:\n")
    repository.edit(
        SPEC,
        "{method: inferred, path: inferred, confidence: low, source: 'Perks page (A0 51-60), heading only', reason: from the title}",
        "{method: stated, path: stated, confidence: high, source: 'Perks page (A2 1-9), in full'}",
    )
    repository.edit(TYPES, "'/members/{memberId}','/perks']", "'/members/{memberId}','/rewards']")


def _add_operation(repository: Repository) -> None:
    repository.edit(
        SPEC,
        "components:\n  securitySchemes:",
        """\
  /tiers:
    get:
      operationId: listTiers
      summary: List tiers
      description: Return the levels of the programme.
      tags: [members]
      x-provenance: {method: stated, path: stated, confidence: high, source: 'Tiers page (A3 1-5)'}
      responses:
        '200':
          description: The levels, in an undocumented shape.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/TierList'}
components:
  securitySchemes:""",
    )
    repository.edit(
        SPEC,
        "    PerkList:\n",
        "    TierList: {type: object, additionalProperties: true, description: 'Undocumented: the levels.', x-undocumented: true}\n    PerkList:\n",
    )


def _add_parameter(repository: Repository) -> None:
    repository.edit(
        SPEC,
        "          schema: {type: string, examples: [ada]}\n",
        """\
          schema: {type: string, examples: [ada]}
        - name: limit
          in: query
          description: Number of members in one reply.
          schema: {type: integer, examples: [25]}
""",
    )


def _reword_action(repository: Repository) -> None:
    repository.edit(
        TYPES,
        "    description: The number of the sample as example.\n",
        "    description: The example is the number of the sample.\n",
    )


def _add_member(repository: Repository) -> None:
    repository.append(
        TYPES,
        """\
  - target: $.components.schemas.Member.properties
    x-id: A-04
    description: The prose says that a reply tells when a member joined; the table lacks it.
    x-evidence: Members page (A0 47), prose.
    update:
      joined_at: {type: string, description: Day the member joined; the zone is not stated., examples: ['2026-01-31']}
""".replace("Day the member joined; the zone is not stated.", "'Day the member joined; the zone is not stated.'"),
    )
    _treat(repository, "A-04", "Whether a reply says when a member joined is unknown.")


def _treat(repository: Repository, number: str, reason: str) -> None:
    repository.edit("overlays/acme/ledger.yaml", f"{number}:\n  treatment: open\n  reason: {reason}\n", "")


def _reword_template(repository: Repository) -> None:
    repository.edit(
        "scripts/generate/templates/model.py.jinja",
        '"""Generated model {{ name }}."""',
        '"""The model {{ name }}, generated."""',
    )


def _raise_grade(repository: Repository) -> None:
    repository.edit(
        SPEC,
        "{method: stated, path: partial, confidence: medium, source: 'Members page (A0 41-50)', reason: its end is cut off}",
        "{method: stated, path: stated, confidence: high, source: 'Members page (A0 41-50)'}",
    )
    repository.edit("specs/acme/provenance.toml", "reviewed = 2026-11-01", "reviewed = 2026-11-15")


SEEDS = (
    Seed("an operation is removed from the spec", True, _remove_operation, ("acme/spec/operation-removed/deletePerk",)),
    Seed(
        "a member of a request becomes required",
        True,
        _require_member,
        ("acme/spec/required-properties-added/NewMember:+nickname",),
    ),
    Seed(
        "an overlay gives a member of a reply another type",
        True,
        _change_correction,
        ("acme/spec/schema-type-changed/Member.points:integer->number",),
    ),
    Seed(
        "an overlay adds a value to an enum of a reply",
        True,
        _add_enum_value,
        ("acme/spec/enum-values-added/Member.tier:+platinum",),
    ),
    Seed(
        "a template renames an attribute of every client",
        True,
        _rename_in_template,
        ("acme/python/member-renamed/Acme.with_raw_response:Acme.with_whole_reply",),
    ),
    Seed(
        "new evidence corrects an inferred path",
        True,
        _correct_path,
        ("acme/spec/operation-moved/listPerks:GET-/perks->GET-/rewards",),
    ),
    Seed(
        "a member is renamed",
        True,
        lambda repository: repository.edit(SPEC, "        price: {type: integer", "        cost: {type: integer"),
        ("acme/spec/property-renamed/Perk.price:cost",),
    ),
    Seed(
        "an operation is renamed",
        True,
        lambda repository: repository.edit(SPEC, "operationId: listMemberPerks", "operationId: listBoughtPerks"),
        ("acme/python/function-renamed/perks.list_member:perks.list_bought",),
    ),
    Seed(
        "a number becomes text",
        True,
        lambda repository: repository.edit(
            SPEC,
            "stock: {type: integer, description: How many are left., examples: [3]}",
            "stock: {type: string, description: How many are left., examples: ['3']}",
        ),
        ("acme/spec/schema-type-changed/Perk.stock:integer->string",),
    ),
    Seed("an operation is added", False, _add_operation, ("acme/spec/operation-added/listTiers",)),
    Seed(
        "an optional parameter is added", False, _add_parameter, ("acme/spec/parameter-added/listMembers.query.limit",)
    ),
    Seed(
        "the reason of an overlay action is reworded",
        False,
        _reword_action,
        ("acme/overlay/action-reworded/A-01:update-$.components.schemas.Member.properties.points",),
    ),
    Seed(
        "an overlay adds an optional member to a reply",
        False,
        _add_member,
        ("acme/spec/property-added/Member.joined_at",),
    ),
    Seed("a template rewords a docstring", False, _reword_template, ()),
    Seed(
        "a grade is raised by better evidence",
        False,
        _raise_grade,
        (
            "acme/evidence/grade-raised/getMember:path-partial->stated",
            "acme/evidence/grade-raised/getMember:confidence-medium->high",
        ),
    ),
)
