"""What the review says of changes of Python names and signatures, on small packages."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from typing import Any

import pytest

from scripts.common.yaml_io import load_yaml
from scripts.reference.python_calls import PythonCall, read_calls
from scripts.review.causes import join_renames
from scripts.review.model import Change, Impact
from scripts.review.python_api import compare_runtime, compare_surfaces, make_change
from scripts.review.surface import annotation_text, read_surface

FILES = {
    "__init__.py": "from .client import Acme as Acme\n__all__ = ('Acme',)",
    "client.py": """
        class Acme(Base):
            if TYPE_CHECKING:
                members: MembersResource
            else:
                members = Resource()
            def __init__(self, *, token: str | None = None) -> None: ...
        class AsyncAcme(Base):
            members: AsyncMembersResource
            def __init__(self, *, token: str | None = None) -> None: ...
        """,
    "models/__init__.py": "",
    "models/member.py": """
        @_define
        class Member:
            id: str
            tier: Tier | Unset = UNSET
            points: int | Unset = UNSET
            additional_properties: dict[str, Any] = _field(factory=dict)
            MEMBERS: ClassVar[frozenset[str]] = frozenset(["id"])
        """,
    "models/tier.py": """
        class Tier(OpenStrEnum):
            SILVER = "silver"
            GOLD = "gold"
        """,
    "resources/__init__.py": "",
    "resources/members.py": """
        class MembersResource:
            def __init__(self, client) -> None: ...
            @overload
            def create(self, *, name: str, note: str | Unset = UNSET, options: O | None = None) -> Member: ...
            @overload
            def create(self, body: NewMember, *, options: O | None = None) -> Member: ...
            def create(self, body: NewMember | Unset = UNSET, *, options: O | None = None, **members: Any) -> Member:
                from ..api.members import create_member as operation
                return operation
        class AsyncMembersResource:
            @overload
            async def create(self, *, name: str, note: str | Unset = UNSET, options: O | None = None) -> Member: ...
            @overload
            async def create(self, body: NewMember, *, options: O | None = None) -> Member: ...
            async def create(self, body: NewMember | Unset = UNSET, *, options: O | None = None, **members: Any) -> Member:
                from ..api.members import create_member as operation
                return operation
        """,
}


CASES: list[dict[str, Any]] = load_yaml(Path(__file__).with_name("python_cases.yaml"))


def write(folder: Path, case: dict[str, Any] | None = None) -> Path:
    """Write the package, with a text of one file replaced everywhere in it."""
    package = folder / "acme_client"
    for name, text in FILES.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if case and case["file"] == name:
            assert case["old"] in text
            text = text.replace(case["old"], case["new"])
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return package


def compare(before: Path, after: Path) -> list[Change]:
    """Compare two versions of the package."""
    return compare_surfaces("acme", read_surface(before), read_surface(after))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["new"].strip() or "removed")
def test_changes(case: dict[str, Any], tmp_path: Path) -> None:
    """Each change is told once, under the name users know, twins included; `!` marks a break."""
    before, after = write(tmp_path / "before"), write(tmp_path / "after", case)
    changes = join_renames(compare(before, after), read_calls(before), read_calls(after))
    found = [("! " if change.breaks else "") + change.id.removeprefix("acme/python/") for change in changes]
    assert case["told"] == found


def call(resource: str, method: str) -> PythonCall:
    """Return a call of an invented client."""
    return PythonCall("acme_client", "Acme", resource, method, (), (), (), "None", "", ())


def gone_and_new(old: str, new: str, kind: str = "function") -> list[Change]:
    """Return a removal and an addition that look different."""
    removed = make_change("acme", f"{kind}-removed", old, Impact.MAJOR, before="one shape")
    return [removed, make_change("acme", f"{kind}-added", new, Impact.MINOR, after="another shape")]


@pytest.mark.parametrize(
    ("renamed", "changes", "expected"),
    [
        ([("perks.delete", "perks.remove")], [], ["function-renamed/perks.delete:perks.remove"]),
        (
            [("perks.get", "gifts.get"), ("perks.list", "gifts.list")],
            gone_and_new("Acme.perks", "Acme.gifts", "member"),
            ["resource-renamed/perks:gifts"],
        ),
        ([], gone_and_new("perks.get", "perks.find"), ["function-removed/perks.get", "function-added/perks.find"]),
    ],
    ids=["a method", "a whole resource", "another operation"],
)
def test_calls_of_one_address_are_one(
    renamed: list[tuple[str, str]], changes: list[Change], expected: list[str]
) -> None:
    """A method or a whole resource with another name is one break, whatever else changed; another operation is not."""
    sides = [
        {("GET", f"/{index}"): call(*pair[side].split(".")) for index, pair in enumerate(renamed)} for side in (0, 1)
    ]
    told = [change for pair in renamed for change in gone_and_new(*pair)] + changes
    assert expected == [change.id.removeprefix("acme/python/") for change in join_renames(told, *sides)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Annotated[str | None, Field(description='x')]", "str | None"),
        ("list[Annotated[int, Field(ge=1)]]", "list[int]"),
        ("LongRunning[FinalT]", "LongRunning[T]"),
        ("'Forward'", "Forward"),
    ],
)
def test_annotations_lose_what_only_documents(code: str, expected: str) -> None:
    """Descriptions, limits and names of type variables are no change of a type."""
    assert expected == annotation_text(ast.parse(code, mode="eval").body)


def test_the_runtime_is_compared_by_what_it_exports(tmp_path: Path) -> None:
    """A module that is not exported may change; an exported name may not vanish unseen."""
    for side, text in (
        ("before", "class Job:\n    def wait(self, *, timeout: float) -> int: ...\n"),
        ("after", "class Job:\n    def wait(self) -> int: ...\n"),
    ):
        package = tmp_path / side / "runtime" / "loyalty_runtime"
        package.mkdir(parents=True)
        exported = "from .jobs import Job as Job\n" + ("from .old import Old as Old\n" if side == "before" else "")
        (package / "__init__.py").write_text(exported, encoding="utf-8")
        (package / "jobs.py").write_text(text, encoding="utf-8")
        (package / "engine.py").write_text(f"class Engine:\n    x_{side}: int\n", encoding="utf-8")
    found = [change.id for change in compare_runtime(tmp_path / "before", tmp_path / "after")]
    assert [
        "runtime/python/parameter-removed/Job.wait(timeout)",
        "runtime/python/name-removed/loyalty_runtime.Old",
    ] == found
