"""The reference page as text: complete, self-contained, escaped, for documents of ours and of anybody."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from scripts.common.document import operations
from scripts.common.layout import Vendor, find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.reference.notes import Note
from scripts.reference.pages import vendor_page
from scripts.reference.python_calls import read_calls
from scripts.reference.render import render
from scripts.spec.overlay import Action
from scripts.spec.steps import run_steps

Document = dict[str, Any]
MEMBER: Document = {
    "type": "object",
    "required": ["points"],
    "properties": {
        "points": {"type": "string", "description": "The balance.", "maxLength": 9, "default": "0"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}}}},
        "friend": {"$ref": "#/components/schemas/Member"},
    },
}


def document(**operation: Any) -> Document:
    """Return a small document with one operation that a test completes."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://{place}.acme.example/", "variables": {"place": {"default": "api"}}}],
        "paths": {"/members/{memberId}": {"get": {"operationId": "getMember", "responses": {}, **operation}}},
        "components": {"schemas": {"Member": MEMBER}},
    }


class Reader(HTMLParser):
    """Keep what a page holds: elements, attributes, ids, links, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._open = ""
        self.html = html
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        """The text of the page on one line."""
        return " ".join(" ".join(self.words).split())

    def all(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [value for name, value in self.attributes if name == attribute]


def shown(source: Document, **options: Any) -> str:
    """Return the text of a page."""
    return Reader(render(source, **options)).text


@pytest.fixture(scope="module", params=[vendor.slug for vendor in find_vendors()])
def vendor(request: pytest.FixtureRequest) -> tuple[Vendor, Reader]:
    """Return a vendor of this repository with its page."""
    found = Vendor(request.param)
    return found, Reader(vendor_page(found))


def test_every_operation_and_schema_of_a_vendor_has_an_entry(vendor: tuple[Vendor, Reader]) -> None:
    """Each has a stable id made of its name, each operation its address, its Python name and signature and three ways to call it."""
    slug, page = vendor[0], vendor[1]
    spec = load_yaml(slug.generated / "openapi.yaml")
    calls = read_calls(slug.generated / slug.client_package)
    expected = [f"operation-{operation['operationId']}" for _, _, operation in operations(spec)]
    expected += [f"operation-{item['post']['operationId']}" for item in spec.get("webhooks", {}).values()]
    assert sorted(expected) == sorted(
        name for name in page.all("id") if re.fullmatch(r"operation-(?!.*-known$).*", name)
    )
    assert {f"schema-{name}" for name in spec["components"]["schemas"]} <= set(page.all("id"))
    assert {(method, path) for method, path, _ in operations(spec)} == set(calls)
    assert all(f"{slug.slug}.{call.name}" in page.text for call in calls.values())
    blocks = re.findall(r'<figcaption>(.*?) <button.*?<pre tabindex="0">(.*?)</pre>', unescape(page.html), re.DOTALL)
    signatures = [text for title, text in blocks if title == "Signature"]
    assert sorted(call.signature for call in calls.values()) == sorted(signatures)
    ways = [sum(title == way for title, _ in blocks) for way in ("Python", "Python, async", "curl")]
    assert [len(operations(spec))] * 3 == ways
    if slug.slug == "pepper":  # where the name in Python is another than on the wire, the page says both
        assert '<code class="name">_id</code> <span class="soft">in Python <code>id</code>' in page.html


def test_every_link_leads_somewhere(vendor: tuple[Vendor, Reader]) -> None:
    """Links inside the page have a target, links out of it are https, and nothing is loaded."""
    _, page = vendor
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    inside = {target[1:] for target in page.all("href") if target.startswith("#")} - {"top"}
    assert set() == inside - set(ids)
    assert [] == [target for target in page.all("href") if target[:1] != "#" and not target.startswith("https://")]
    assert [] == [tag for tag in page.tags if tag in ("link", "img", "iframe", "object", "base", "form")] + page.all(
        "src"
    )


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"x-provenance": {"method": "stated", "path": "partial", "confidence": "medium"}}, "partial, medium confidence"),
        ({"x-provenance": {"method": "observed", "path": "reported"}}, "reported"),
        (
            {"parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100, "default": 25}}]},
            "limit query integer maximum 100 · default 25",
        ),
        (
            {"parameters": [{"name": "version", "in": "header", "x-client-default": "9", "schema": {"type": "string"}}]},
            "The client sends 9",
        ),
        ({"x-rate-limit": [{"requests": 5, "seconds": 1, "scope": "credential"}]}, "5 requests in 1 seconds for each credential."),
        ({"x-pagination": {"style": "cursor-links", "items": "data", "parameter": "cursor"}}, "cursor-links; items in data; parameter cursor."),
        (
            {"x-csv": {"request": [{"name": "user_id", "required": True, "description": "The user."}]}},
            "Columns of the file that is sent Column Description user_id required The user.",
        ),
        ({"deprecated": True}, "deprecated"),
        ({"responses": {"200": {"description": "Fine.", "headers": {"X-Total": {"schema": {"type": "integer"}}}}}}, "X-Total header integer"),
        ({"x-own": {"a": 1}}, 'own {"a": 1}'),
    ],
)  # fmt: skip
def test_what_is_said_of_an_operation(operation: Document, expected: str) -> None:
    """Grades, limits, defaults, pages, columns, headers and unknown extensions are shown."""
    assert expected in shown(document(**operation))


def test_members_are_drawn_with_their_facts() -> None:
    """Type, limits, default, what is required and nested members; a recursive schema is a link."""
    text = shown(document())
    assert "points string required The balance. maxLength 9 · default 0" in text
    assert "tags list of object" in text
    assert "label string" in text
    assert 'friend</code> <span class="type"><a class="ref" href="#schema-Member">Member</a>' in render(document())


def test_the_curl_line_is_a_command() -> None:
    """Address, required values, credentials as variables and the body stand in it, quoted for a shell."""
    source = document(
        parameters=[{"name": "memberId", "in": "path", "required": True, "schema": {"example": "a b'c"}}],
        requestBody={"content": {"application/json": {"example": {"name": "Ada's"}}}},
        security=[{"key": [], "inQuery": []}],
    )
    source["components"]["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key", "x-prefix": "Token", "x-argument": "token"},
        "inQuery": {"type": "apiKey", "in": "query", "name": "q"},
    }
    (command,) = (words for words in Reader(render(source, slug="acme")).words if words.startswith("curl https:"))
    code = f'curl() {{ printf "%s\\n" "$@"; }}; ACME_TOKEN=t ACME_IN_QUERY=k; {command}'
    found = subprocess.run(["sh", "-c", code], capture_output=True, text=True, check=True, timeout=10).stdout
    expected = ["https://api.acme.example/members/a%20b%27c?q=k", "-H", "X-Key: Token t"]
    expected += ["-H", "Content-Type: application/json", "-d", json.dumps({"name": "Ada's"}, indent=2)]
    assert "\n".join(expected) + "\n" == found


def action(target: str, body: Document, *ids: str) -> Action:
    """Return an action as the overlay reader does."""
    return Action("overlays/acme/10-types.yaml", 1, target, ids, "It is a number.", "Sample 1.", body)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (
            [action("$.components.schemas.Member.properties.points", {"update": {"type": "integer"}}, "A-01")],
            "points integer required The balance. maxLength 9 · default 0 "
            'Corrected A-01 type: the source has "string"; here it is "integer" '
            "It is a number. Evidence: Sample 1.",
        ),
        (
            [
                action("$.components.schemas.Member.properties.points.type", {"remove": True}, "A-01"),
                action("$.components.schemas.Member.properties.points", {"update": {"type": "integer"}}, "A-01"),
            ],
            'Corrected A-01 type: the source has "string"; here it is "integer"',
        ),
        ([action("$.components.schemas.Member.properties.tags", {"remove": True}, "A-03")], "Corrected A-03"),
        ([action("$.info", {"update": {"summary": "S"}}, "A-02")], 'Corrected A-02 info.summary: added, "S"'),
    ],
    ids=["a value", "removed and added again", "a member removed", "the document"],
)
def test_a_correction_stands_where_it_acts(actions: list[Action], expected: str) -> None:
    """Number, what the source has, what is right, reason and evidence stand at the innermost part that is shown."""
    steps, effective = run_steps(document(), actions)
    assert expected in shown(effective, steps=steps)


def test_an_action_that_failed_corrects_nothing() -> None:
    """Only what an overlay did is shown."""
    steps, effective = run_steps(document(), [action("$.nothing", {"update": {}}, "A-09")])
    assert "A-09" not in shown(effective, steps=steps)


def test_changes_are_listed_and_noted() -> None:
    """The list at the top leads to the entry, and the part says what happened to it."""
    place = ("components", "schemas", "Member", "properties", "points")
    html = render(document(), changes=[Note(place, "breaks", "", (), "Other type.")])
    assert "1 changes against the base, 1 of them breaking" in Reader(html).text
    assert '<a href="#schema-Member">show</a>' in html
    assert 1 == html.count('<details class="note breaks" open>')


ODD: list[Document] = [
    {"openapi": "3.1.0"},
    {"openapi": "3.1.0", "info": {}, "paths": {"/a": {"get": {}}}},
    {"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/components/pathItems/A"}}, "components": {"pathItems": {"A": {"get": {}}}}},
    {"openapi": "3.1.0", "webhooks": {"made": {"post": {"requestBody": {"content": {"a/b": {"schema": True}}}}}}},
    {"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "#/nowhere"}, {"$ref": "x.yaml"}], "responses": {"200": {}}}}}},
    {
        "openapi": "3.1.0",
        "components": {
            "schemas": {
                "Tree": {"$ref": "#/components/schemas/Tree/$defs/Node", "$defs": {"Node": {"items": {"$ref": "#/components/schemas/Tree/$defs/Node"}}}},
                "All": True,
                "None": False,
                "a b": {"type": ["string", "null"]},
                "a-b": {"properties": {"items": {"not": {}}, "": {"patternProperties": {"^x": False}}}},
                "Bomb": {"$defs": {f"n{n}": {"anyOf": [{"$ref": f"#/components/schemas/Bomb/$defs/n{n + 1}"}] * 9} for n in range(9)},
                         "$ref": "#/components/schemas/Bomb/$defs/n0"},
            }
        },
    },
]  # fmt: skip


@pytest.mark.parametrize("source", ODD, ids=["empty", "bare", "path items", "webhooks", "dangling", "schemas"])
def test_any_document_renders(source: Document) -> None:
    """No extension of ours, no component, recursion, `$defs`, boolean schemas and odd names end in a page with sound links."""
    html = render(source)
    page = Reader(html)
    assert len(html) < 3_000_000
    assert set() == {target[1:] for target in page.all("href")} - {*page.all("id")}
    assert len(page.all("id")) == len(set(page.all("id")))


HOSTILE = (
    "\"'><script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> [x](javascript:window.hacked=1) "
    "![x](https://a.example/x.png) {{ 7 * 7 }} </style></script> [y](data:text/html,1) <a href='//b.example'>"
)


def hostile() -> Document:
    """Return a document with hostile text in every place that holds text."""

    def poison(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: poison(value) for key, value in node.items()} | {"description": HOSTILE, "x-odd": HOSTILE}
        return [poison(item) for item in node] if isinstance(node, list) else node

    source: Document = poison(document(summary=HOSTILE, tags=[HOSTILE], externalDocs={"url": "javascript:1"}))
    source["servers"] = [{"url": HOSTILE}]
    source["info"] = {"title": HOSTILE, "version": HOSTILE, "description": HOSTILE}
    source["paths"][f"/{HOSTILE}"] = {
        "post": {"operationId": HOSTILE, "x-provenance": {"method": HOSTILE, "source": HOSTILE}}
    }
    member = {"type": HOSTILE, "enum": [HOSTILE], "default": HOSTILE, "examples": [HOSTILE], "format": HOSTILE}
    source["components"]["schemas"][HOSTILE] = {"properties": {HOSTILE: member}}
    return source


def test_text_of_a_document_never_becomes_markup() -> None:
    """Hostile text is shown, not obeyed: no element, handler or address comes from it."""
    note = Note(("info",), "changed", HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, HOSTILE)
    page = Reader(render(hostile(), slug="acme", changes=[note]))
    assert 1 == page.tags.count("script") == page.tags.count("style")
    assert [] == [name for name, _ in page.attributes if name.startswith("on")] + page.all("src")
    assert {"https://a.example/x.png"} == {target for target in page.all("href") if target[:1] != "#"}
