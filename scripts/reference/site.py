"""`nox -s docs`: the documentation as a site: the pages below `docs/`, the reference page of every vendor, and `llms.txt`."""

from __future__ import annotations

import argparse
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import tomlkit

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import console
from scripts.reference.pages import vendor_page

# Pages that stand elsewhere in the repository → where the site has them.
ELSEWHERE: Mapping[str, str] = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "LICENSE": "license.md",
    "examples/README.md": "examples.md",
    "benchmarks/RESULTS.md": "results.md",
    "changes/README.md": "fragments.md",
}
# The menu: a title and the pages below it.
MENU: Mapping[str, list[str]] = {
    "Guides": [
        "quickstart.md",
        "models.md",
        "runtime.md",
        "outcomes.md",
        "testing.md",
        "production.md",
        "upgrading.md",
        "sandbox.md",
        "examples.md",
    ],
    "Reference": ["reference.md"],
    "Promises": ["versioning.md", "coverage.md", "performance.md", "try.md", "security.md"],
    "Specs": ["contributing.md", "spec-conventions.md", "fetch.md", "evidence", "decisions/README.md"],
}
_ABOUT = "Every operation with its arguments, replies and calls in Python and curl, and every schema: a page for each vendor."
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def own_pages(root: Path) -> dict[str, str]:
    """Return path on the site → text of the hand-written pages, with the links between them led to where the site has them."""
    homes = dict(ELSEWHERE)
    homes |= {
        path.relative_to(root).as_posix(): path.relative_to(root / "docs").as_posix()
        for path in (root / "docs").rglob("*.md")
    }
    found = {}
    for source, target in homes.items():
        if (root / source).is_file():
            text = (root / source).read_text(encoding="utf-8")
            found[target] = text if source != "LICENSE" else f"# Licence\n\n{text}"
            parts = _CODE.split(found[target])
            lead = partial(_lead, source=source, target=target, homes=homes)
            found[target] = "".join(part if index % 2 else _LINK.sub(lead, part) for index, part in enumerate(parts))
    return found


def _lead(link: re.Match[str], source: str, target: str, homes: Mapping[str, str]) -> str:
    """Return the end of a link as the site has it; what is no page of the site, such as a spec, is told by its path."""
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), link[1]))
    for known in (wanted, f"{wanted}/README.md", f"{wanted}/pepper.md"):
        if known in homes:
            return f"]({posixpath.relpath(homes[known], posixpath.dirname(target) or '.')}{link[2] or ''})"
    return f"] (`{wanted}`)"


def settings(pages: Mapping[str, str]) -> str:
    """Return zensical's settings: no font and no script from elsewhere, light and dark, and the menu."""
    menu: list[object] = ["index.md"]
    for title, names in MENU.items():
        below: list[object] = [name for name in names if name in pages]
        for name in names:
            below += sorted(path for path in pages if path.startswith(f"{name}/"))
        menu.append({title: below})
    theme = {
        "font": False,
        "features": ["content.code.copy", "navigation.indexes", "navigation.top", "search.highlight", "toc.follow"],
        "palette": [
            {"media": "(prefers-color-scheme)", "toggle": {"icon": "lucide/sun-moon", "name": "Light"}},
            {
                "media": "(prefers-color-scheme: light)",
                "scheme": "default",
                "toggle": {"icon": "lucide/sun", "name": "Dark"},
            },
            {
                "media": "(prefers-color-scheme: dark)",
                "scheme": "slate",
                "toggle": {"icon": "lucide/moon", "name": "As the system"},
            },
        ],
    }
    project = {
        "site_name": "loyalty-clients",
        "docs_dir": "pages",
        "site_dir": "site",
        "use_directory_urls": False,
        "nav": menu,
        "theme": theme,
    }
    return tomlkit.dumps({"project": project})


def llms(pages: Mapping[str, str]) -> str:
    """Return the list of pages for programs that read instead of people: each with one sentence."""
    lines = [
        "# loyalty-clients",
        "",
        "> Typed Python clients for the loyalty APIs of Stampede, Stamps, OrderingStack and Pepper.",
    ]
    for title, names in MENU.items():
        listed = [(name, *_first_words(pages[name])) for name in names if name in pages]
        lines += ["", f"## {title}", ""] if listed else []
        lines += [f"- [{heading}]({name}): {about}" for name, heading, about in listed]
    return "\n".join(lines) + "\n"


def _first_words(text: str) -> tuple[str, str]:
    heading = re.search(r"(?m)^# (.+)$", text)
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    words = next((part for part in paragraphs if not part.startswith(("#", "<", "```", "|", "!", "-"))), "")
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words)
    about = re.split(r"(?<=\.)\s", words, maxsplit=1)[0]
    return heading[1] if heading else "", about


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="nox -s docs --", description="Build the documentation into build/site.")
    parser.parse_args()
    console.print("Writing the pages …")
    folder = ROOT / "build"
    shutil.rmtree(folder / "pages", ignore_errors=True)
    references = {f"reference/{vendor.slug}.html": vendor_page(vendor) for vendor in find_vendors()}
    pages = own_pages(ROOT)
    listed = "".join(f"- [{Path(name).stem}]({name})\n" for name in references)
    pages["reference.md"] = f"# Reference\n\n{_ABOUT}\n\n{listed}"
    write(folder / "pages", pages | references)
    (folder / "zensical.toml").write_text(settings(pages), encoding="utf-8")
    console.print(f"Building a site of {len(pages) + len(references)} pages …")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "-f", str(folder / "zensical.toml")]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise PipelineError("the site could not be built", where="build/pages", todo="Correct what is named above.")
    # Beside each page stands its Markdown, which llms.txt lists.
    write(folder / "site", {**pages, "llms.txt": llms(pages)})
    console.print("build/site/index.html")
    return 0


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(run(main))
