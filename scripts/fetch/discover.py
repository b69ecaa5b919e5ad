"""From the address in the provenance to the vendor's OpenAPI file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from scripts.common.problems import PipelineError
from scripts.common.transfer import Reply, same_host
from scripts.fetch.content import Spec, check_title, read_spec
from scripts.fetch.page import (
    Page,
    find_embedded,
    find_links,
    find_redocusaurus_files,
    is_html,
    main_scripts,
    read_page,
)

_MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Found:
    """Hold a spec, the address it came from and the way it was found."""

    spec: Spec
    address: str
    way: str


def discover(address: str, *, titles: Collection[str], read: Callable[[str], Reply]) -> Found:
    """Find the spec behind an address: the file itself, a page that embeds it, or a page that links to it.

    Raises:
        PipelineError: nothing there is a spec with one of the titles; the message says what was there.
    """
    reply = read(address)
    if not is_html(reply.content):
        return _checked(reply.content, reply.address, titles=titles, way="file")
    page = read_page(reply.content, where=reply.address)
    embedded = find_embedded(page, where=reply.address)
    if embedded is not None:
        return _checked(embedded, reply.address, titles=titles, way="embedded in a Redoc page")
    links = find_links(page, base=reply.address)
    near = [link for link in links if same_host(link, reply.address)]
    if near:
        return _first_match(near, titles=titles, read=read, way="linked from the page")
    if links:
        todo = "If that is the vendor's, save it and give it to --file, or record it as `download` in provenance.toml."
        raise PipelineError(f"the page links to a spec on another host: {links[0]}", where=reply.address, todo=todo)
    named = _named_by_docusaurus(page, reply.address, read)
    if named:
        return _first_match(named, titles=titles, read=read, way="named by the Docusaurus site")
    todo = "Open it in a browser and record the address of its download button as `download` in provenance.toml."
    raise PipelineError("the page neither embeds a spec nor links to one", where=reply.address, todo=todo)


def _named_by_docusaurus(page: Page, base: str, read: Callable[[str], Reply]) -> list[str]:
    scripts = [script for script in main_scripts(page, base=base) if same_host(script, base)]
    return [file for script in scripts[:1] for file in find_redocusaurus_files(read(script).content, address=script)]


def _first_match(addresses: list[str], *, titles: Collection[str], read: Callable[[str], Reply], way: str) -> Found:
    """Return the first candidate that is the spec; a site may offer the files of several APIs."""
    problems: list[PipelineError] = []
    for address in addresses[:_MOST_CANDIDATES]:
        try:
            reply = read(address)
            return _checked(reply.content, reply.address, titles=titles, way=way)
        except PipelineError as problem:
            problems.append(problem)
    if len(problems) == 1:
        raise problems[0]
    raise PipelineError(
        f"none of {len(problems)} candidates is the spec; the first: {problems[0].found}",
        where=problems[0].where,
        todo=problems[0].todo,
    )


def _checked(content: bytes, address: str, *, titles: Collection[str], way: str) -> Found:
    if is_html(content):
        raise PipelineError(
            "a page, not a spec",
            where=address,
            todo="Record the address of the spec itself as `download` in provenance.toml.",
        )
    spec = read_spec(content, where=address)
    check_title(spec, titles, where=address)
    return Found(spec, address, way)
