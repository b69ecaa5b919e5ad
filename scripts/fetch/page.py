"""What a documentation page holds: an embedded spec, or links to one. Works on text only.

The page is read with an HTML parser and the spec with a JSON decoder. A regular expression over the page would be fooled: Redoc 2 writes
descriptions into the page as they are, and one of them may itself contain a script with a Redoc-like assignment.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import msgspec

from scripts.common.problems import PipelineError

# Redoc 2 (Redocly CLI before 2.71) hydrates a state that holds the spec, Redoc 3 hydrates the spec itself.
_ASSIGNED = re.compile(r"\b(__redoc_state|__redoc_definition)\s*=\s*(?=\{)")
_REDOCUSAURUS = re.compile(r"redocusaurus/[\w.-]+\.yaml")
_SPEC_FILE = re.compile(r"^[^?#]*\.(json|ya?ml)([?#]|$)", re.IGNORECASE)


class _Spec(msgspec.Struct):
    data: msgspec.Raw


class _State(msgspec.Struct):
    spec: _Spec


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


def find_embedded(page: Page, *, where: str) -> bytes | None:
    """Return the JSON of the spec that Redoc embedded in the page, exactly as it stands there, or None.

    Raises:
        PipelineError: the embedded text is not JSON, or the page embeds several different specs.
    """
    try:
        found = {embedded for script in page.scripts for embedded in _embedded_in(script)}
    except (ValueError, RecursionError) as problem:
        todo = "The page may be cut: record the address of the spec itself as `download` in provenance.toml."
        raise PipelineError(f"the embedded spec is not readable as JSON: {problem}", where=where, todo=todo) from None
    if len(found) > 1:
        todo = "Record the address of the right one as `download` in provenance.toml."
        raise PipelineError(f"the page embeds {len(found)} different specs", where=where, todo=todo)
    return found.pop() if found else None


def find_links(page: Page, *, base: str) -> list[str]:
    """List the complete addresses the page offers as its spec, in the order of the page."""
    return _join(base, page.links)


def main_scripts(page: Page, *, base: str) -> list[str]:
    """List the scripts of a Docusaurus page that may name its specs; empty for other pages."""
    sources = page.script_sources if page.is_docusaurus else []
    return [address for address in _join(base, sources) if "/assets/js/main" in address]


def find_redocusaurus_files(script: bytes, *, address: str) -> list[str]:
    """List the addresses of the copies that redocusaurus wrote, as named in the main script of the site."""
    return _join(address.split("assets/js/", 1)[0], _REDOCUSAURUS.findall(script.decode("utf-8", errors="replace")))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_script = tag == "script"
        if self._in_script:
            self.page.scripts.append("")
            self.page.script_sources.append(values.get("src", ""))
        elif tag == "a":
            target = values.get("href", "")
            if ("download" in values and _SPEC_FILE.match(target)) or _REDOCUSAURUS.search(target):
                self.page.links.append(target)
        elif tag == "redoc":
            self.page.links.append(values.get("spec-url", ""))
        elif tag == "meta" and values.get("name") == "generator":
            self.page.is_docusaurus = values.get("content", "").startswith("Docusaurus")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.page.scripts[-1] += data


def _join(base: str, links: list[str]) -> list[str]:
    found = []
    for link in filter(None, links):
        try:
            address = urljoin(base, link)
        except ValueError:
            continue
        if address.isprintable() and address.startswith(("http://", "https://")):
            found.append(address)
    return list(dict.fromkeys(found))


def _embedded_in(script: str) -> list[bytes]:
    found = []
    for match in _ASSIGNED.finditer(script):
        # Only the script that also hydrates is Redoc's own; one inside a description has no such call.
        if re.search(rf"\bhydrate\(\s*{match[1]}\b", script[match.end() :]):
            _, end = json.JSONDecoder().raw_decode(script, match.end())
            text = script[match.end() : end].encode()
            state = match[1] == "__redoc_state"
            # Decoding and writing again would change the text.
            found.append(bytes(msgspec.json.decode(text, type=_State).spec.data) if state else text)
            break
    return found
