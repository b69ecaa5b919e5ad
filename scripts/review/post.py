"""Post the report as one comment, or one issue, that is updated and never repeated. Uses the standard library only.

The token is read from GITHUB_TOKEN and leaves for GITHUB_API_URL only; no message shows it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.common.problems import PipelineError, run

LARGEST = 60_000  # GitHub refuses bodies above 65,536 characters
_TIMEOUT = 30
_PAGES = 50
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None  # the token must not travel to another host


@dataclass(frozen=True)
class GitHub:
    """Hold where to post, and the token for it."""

    api: str
    repository: str
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the API and return the decoded reply.

        Raises:
            PipelineError: the server cannot be reached or answers with an error.
        """
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked by `connect`
            f"{self.api}/repos/{self.repository}{path}",
            data=json.dumps(body).encode() if body is not None else None,
            method=method,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                "User-Agent": "loyalty-clients-review",
            },
        )
        where = f"{method} {path.partition('?')[0]}"
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as reply:
                return json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as problem:
            todo = "Check the permissions of the workflow."
            raise PipelineError(f"GitHub answers {problem.code}", where=where, todo=todo) from None
        except (urllib.error.URLError, TimeoutError, ValueError) as problem:
            raise PipelineError(f"GitHub does not answer: {problem}", where=where, todo="Run it again.") from None

    def find(self, path: str, mark: str, author: str) -> int | None:
        """Return the number or id of the first item of one author whose text starts with the mark."""
        joint = "&" if "?" in path else "?"
        for page in range(1, _PAGES + 1):
            items = self.call("GET", f"{path}{joint}per_page=100&page={page}")
            for item in items:
                own = (item.get("user") or {}).get("login") == author
                if own and str(item.get("body") or "").startswith(mark):
                    return int(item["number"] if "number" in item else item["id"])
            if len(items) < 100:
                return None
        return None


def connect(api: str, repository: str, token: str) -> GitHub:
    """Check the settings and return the connection.

    Raises:
        PipelineError: no token, not an https address, or a malformed repository.
    """
    parts = urlsplit(api)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise PipelineError(
            f"{api!r} is not https",
            where="GITHUB_API_URL",
            todo="Use the address of the API, such as https://api.github.com.",
        )
    if not token:
        raise PipelineError("it is empty", where="GITHUB_TOKEN", todo="Pass the token of the workflow.")
    owner, _, name = repository.partition("/")
    if not all(part and part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in (owner, name)):
        raise PipelineError(f"{repository!r} is no repository", where="--repository", todo="Write owner/name.")
    return GitHub(api.rstrip("/"), repository, token)


def read_body(path: Path) -> tuple[str, str]:
    """Return (mark, text) of a report; the mark is its first line, and a long text is cut at a line.

    Raises:
        PipelineError: the first line is no HTML comment.
    """
    text = path.read_text(encoding="utf-8")
    mark = text.partition("\n")[0]
    if not (mark.startswith("<!-- ") and mark.endswith(" -->")):
        raise PipelineError("the first line is no mark", where=path.name, todo="Start it with an HTML comment.")
    text = mark + harmless(text.removeprefix(mark))
    if len(text) <= LARGEST:
        return mark, text
    cut = text[:LARGEST].rpartition("\n")[0]
    fence = "\n```" if cut.count("\n```") % 2 else ""
    ends = "\n\n</details>" * (cut.count("<details>") - cut.count("</details>"))
    return mark, f"{cut}{fence}{ends}\n\n…cut: the whole report is an artifact of the workflow run.\n"


def harmless(text: str) -> str:
    """Take from a text, which a pull request may have written, what acts on its readers: mentions, images, HTML, links to files.

    A word joiner after the first character keeps the text readable, also inside code.
    """
    text = re.sub(r"@(?=\w)", "@\u2060", text)
    text = re.sub(r"!(?=\[)", "!\u2060", text)
    text = re.sub(r"<(?!/?(?:details|summary)>)", "<\u2060", text)
    return re.sub(r"\[([^\]\n]*)\]\((?!https://)[^)\n]*\)", r"`\1`", text)


def post_comment(github: GitHub, number: int, mark: str, text: str, *, author: str) -> str:
    """Update the author's comment with this mark on a pull request, or write the first one."""
    known = github.find(f"/issues/{number}/comments", mark, author)
    if known is None:
        github.call("POST", f"/issues/{number}/comments", {"body": text})
        return "written"
    github.call("PATCH", f"/issues/comments/{known}", {"body": text})
    return "updated"


def check_head(github: GitHub, number: int, head: str) -> None:
    """Refuse a pull request whose newest commit is not the one that was reviewed: the number came from an artifact nobody vouches for.

    Raises:
        PipelineError: the commits differ.
    """
    found = github.call("GET", f"/pulls/{number}")["head"]["sha"]
    if found != head:
        todo = "A newer run posts its own report; nothing was posted."
        raise PipelineError(
            f"its newest commit is {found[:12]}, not {head[:12]}", where=f"pull request {number}", todo=todo
        )


def post_issue(github: GitHub, title: str, mark: str, text: str, *, author: str) -> str:
    """Update the author's open issue with this mark, or open one."""
    known = github.find("/issues?state=open", mark, author)
    if known is None:
        github.call("POST", "/issues", {"title": title, "body": text})
        return "opened"
    github.call("PATCH", f"/issues/{known}", {"title": title, "body": text})
    return "updated"


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.review.post", description="Post a report as one comment or issue that is updated."
    )
    parser.add_argument("file", type=Path, help="Markdown whose first line is an HTML comment, the mark")
    parser.add_argument("--repository", required=True, help="owner/name")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pull-request", type=int, help="number of the pull request to comment on")
    where.add_argument("--issue-title", help="title of the issue to open or update")
    parser.add_argument(
        "--head", help="the commit that was reviewed: post only if it is the newest of the pull request"
    )
    parser.add_argument(
        "--author",
        default="github-actions[bot]",
        help="who posts: only what this account wrote is updated (default: %(default)s)",
    )
    options = parser.parse_args(argv)
    mark, text = read_body(options.file)
    github = connect(
        os.environ.get("GITHUB_API_URL", "https://api.github.com"),
        options.repository,
        os.environ.get("GITHUB_TOKEN", ""),
    )
    if options.pull_request is not None:
        if options.head:
            check_head(github, options.pull_request, options.head)
        print(f"comment {post_comment(github, options.pull_request, mark, text, author=options.author)}")
    else:
        print(f"issue {post_issue(github, options.issue_title, mark, text, author=options.author)}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
