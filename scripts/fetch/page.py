"""What a documentation page holds: an embedded spec, or links to one. Works on text only.

The page is read with an HTML parser and the spec with a JSON decoder. A regular expression over the page would be fooled: Redoc 2 writes
descriptions into the page as they are, and one of them may itself contain a script with a Redoc-like assignment.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from scripts.common.problems import PipelineError

_DECODER = json.JSONDecoder()
# Redoc 2 (Redocly CLI before 2.71) hydrates a state that holds the spec, Redoc 3 hydrates the spec itself.
_STATE = re.compile(r"\b__redoc_state\s*=\s*(?=\{)")
_DEFINITION = re.compile(r"\b__redoc_definition\s*=\s*(?=\{)")
_REDOCUSAURUS = re.compile(r"redocusaurus/[\w.-]+\.yaml")
_SPEC_SUFFIXES = (".json", ".yaml", ".yml")


@dataclass
class Page:
    """Hold the parts of a documentation page that can lead to a spec."""

    scripts: list[str] = field(default_factory=list)
    script_sources: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    is_docusaurus: bool = False


def is_html(content: bytes) -> bool:
    """Tell by the first character whether a body is a page; neither JSON nor a YAML mapping starts with `<`."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def read_page(content: bytes, *, where: str) -> Page:
    """Collect the scripts and candidate links of a page.

    Raises:
        PipelineError: the page is not UTF-8; a guess would damage the spec in it.
    """
    reader = _Reader()
    try:
        reader.feed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        todo = "Record the address of the spec itself as `download` in provenance.toml."
        raise PipelineError(f"the page is not UTF-8 (byte {problem.start})", where=where, todo=todo) from None
    reader.close()
    return reader.page


def find_embedded(page: Page, *, where: str) -> str | None:
    """Return the JSON text of the spec that Redoc embedded in the page, exactly as it stands there, or None.

    Raises:
        PipelineError: the embedded text is not JSON, or the page embeds several different specs.
    """
    found = [text for script in page.scripts for text in _embedded_in(script, where)]
    distinct = list(dict.fromkeys(found))
    if len(distinct) > 1:
        todo = "Record the address of the right one as `download` in provenance.toml."
        raise PipelineError(f"the page embeds {len(distinct)} different specs", where=where, todo=todo)
    return distinct[0] if distinct else None


def find_links(page: Page, *, base: str) -> list[str]:
    """List the complete addresses the page offers as its spec, in the order of the page."""
    return list(filter(None, dict.fromkeys(_join(base, link) for link in page.links)))


def main_scripts(page: Page, *, base: str) -> list[str]:
    """List the scripts of a Docusaurus page that may name its specs; empty for other pages."""
    if not page.is_docusaurus:
        return []
    return [
        address for source in page.script_sources if (address := _join(base, source)) and "/assets/js/main" in address
    ]


def find_redocusaurus_files(script: bytes, *, address: str) -> list[str]:
    """List the addresses of the copies that redocusaurus wrote, as named in the main script of the site."""
    names = _REDOCUSAURUS.findall(script.decode("utf-8", errors="replace"))
    base = address.split("assets/js/", 1)[0]
    return [urljoin(base, name) for name in dict.fromkeys(names)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script":
            self._script = []
            if source := values.get("src"):
                self.page.script_sources.append(source)
        elif tag == "a" and (target := values.get("href")):
            if ("download" in values and _path(target).endswith(_SPEC_SUFFIXES)) or _REDOCUSAURUS.search(target):
                self.page.links.append(target)
        elif tag == "redoc" and (target := values.get("spec-url")):
            self.page.links.append(target)
        elif (
            tag == "meta"
            and values.get("name") == "generator"
            and (values.get("content") or "").startswith("Docusaurus")
        ):
            self.page.is_docusaurus = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.page.scripts.append("".join(self._script))
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)


def _path(link: str) -> str:
    """Return the path of a link in lower case, or nothing when the link is malformed."""
    try:
        return urlsplit(link).path.lower()
    except ValueError:
        return ""


def _join(base: str, link: str) -> str:
    try:
        address = urljoin(base, link)
        return address if address.isprintable() and urlsplit(address).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _embedded_in(script: str, where: str) -> list[str]:
    found = []
    for pattern, members in ((_STATE, ("spec", "data")), (_DEFINITION, ())):
        name = "__redoc_state" if members else "__redoc_definition"
        match = pattern.search(script)
        # Only the script that also hydrates is Redoc's own; one inside a description has no such call.
        if match and re.search(rf"\bhydrate\(\s*{name}\b", script[match.end() :]):
            found.append(_json_text(script, match.end(), members, where))
    return found


def _json_text(script: str, start: int, members: tuple[str, ...], where: str) -> str:
    """Return the text of the JSON value at `start`, or of the member below it that the names lead to."""
    try:
        for member in members:
            start = _member_start(script, start, member)
        _, end = _DECODER.raw_decode(script, start)
    except (ValueError, RecursionError, IndexError) as problem:
        todo = (
            "The page may be cut or minified: record the address of the spec itself as `download` in provenance.toml."
        )
        raise PipelineError(f"the embedded spec is not readable as JSON: {problem}", where=where, todo=todo) from None
    return script[start:end]


def _member_start(text: str, start: int, wanted: str) -> int:
    """Return where the value of one member begins in the object at `start`; decoding and writing again would change the text."""
    position = _skip(text, start + 1)
    while text[position] == '"':
        name, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] != ":":
            break
        position = _skip(text, position + 1)
        if name == wanted:
            return position
        _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] != ",":
            break
        position = _skip(text, position + 1)
    raise ValueError(f"no member {wanted!r} at character {position}")


def _skip(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position
