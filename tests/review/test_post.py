"""One comment and one issue that are updated, against a server on loopback that behaves like GitHub's API."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError
from scripts.review.post import LARGEST, connect, read_body

MARK = "<!-- spec-review -->"
TOKEN = "artificial-token"
BOT = {"login": "github-actions[bot]"}


class Hub:
    """Keep comments and issues, and every call."""

    def __init__(self, server: HTTPServer) -> None:
        self.items: dict[str, list[dict[str, object]]] = {"/issues/7/comments": [], "/issues": []}
        self.calls: list[str] = []
        self.tokens: set[str | None] = set()
        self.server = server
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/repos/ada/clients")
        self.calls.append(f"{request.method} {path}")
        self.tokens.add(request.headers.get("Authorization"))
        if request.method == "GET":
            page = int(request.args["page"])
            listed = self.items[path][(page - 1) * 100 : page * 100]
            return Response(json.dumps(listed), content_type="application/json")
        body = json.loads(request.data)
        if request.method == "POST":
            key = "number" if path == "/issues" else "id"
            self.items[path].append({key: len(self.items[path]) + 1, "user": BOT, **body})
        else:
            number = int(path.rpartition("/")[2])
            target = self.items["/issues/7/comments"] if "comments" in path else self.items["/issues"]
            target[number - 1].update(body)
        return Response("{}", content_type="application/json")

    def run(self, report: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command as the workflow does."""
        environment = {**os.environ, "GITHUB_API_URL": self.server.url_for(""), "GITHUB_TOKEN": TOKEN}
        command = [sys.executable, "-m", "scripts.review.post", str(report), "--repository", "ada/clients", *arguments]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment, timeout=60
        )


@pytest.fixture
def hub(httpserver: HTTPServer) -> Hub:
    """Return the server."""
    return Hub(httpserver)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return a report."""
    path = tmp_path / "report.md"
    path.write_text(f"{MARK}\n# Spec review\n\nFirst.\n", encoding="utf-8")
    return path


def test_the_first_report_is_written_and_the_next_updates_it(hub: Hub, report: Path) -> None:
    """Two runs leave one comment with the newer text, and leave comments of others alone, whatever they begin with."""
    hub.items["/issues/7/comments"] = [
        {"id": 1, "body": f"{MARK} x", "user": {"login": "ada"}},
        {"id": 2, "body": f"I quote {MARK}", "user": BOT},
    ]
    first = hub.run(report, "--pull-request", "7")
    report.write_text(f"{MARK}\nSecond.\n", encoding="utf-8")
    second = hub.run(report, "--pull-request", "7")
    assert ("comment written\n", "comment updated\n") == (first.stdout, second.stdout)
    assert [f"{MARK} x", f"I quote {MARK}", f"{MARK}\nSecond.\n"] == [
        item["body"] for item in hub.items["/issues/7/comments"]
    ]


def test_the_comment_is_found_on_a_later_page(hub: Hub, report: Path) -> None:
    """A long discussion does not lead to a second comment."""
    hub.items["/issues/7/comments"] = [{"id": index + 1, "body": "x", "user": BOT} for index in range(150)]
    hub.items["/issues/7/comments"][120]["body"] = f"{MARK}\nold"
    assert "comment updated\n" == hub.run(report, "--pull-request", "7").stdout
    assert 150 == len(hub.items["/issues/7/comments"])


def test_an_issue_is_opened_once(hub: Hub, report: Path) -> None:
    """The weekly run keeps one issue up to date."""
    first = hub.run(report, "--issue-title", "Moved")
    second = hub.run(report, "--issue-title", "Moved again")
    assert ("issue opened\n", "issue updated\n") == (first.stdout, second.stdout)
    assert ["Moved again"] == [item["title"] for item in hub.items["/issues"]]


def test_the_token_stays_secret(hub: Hub, report: Path, httpserver: HTTPServer) -> None:
    """The token travels in its header only: no message shows it."""
    httpserver.clear()
    httpserver.expect_request("/repos/ada/clients/issues/7/comments").respond_with_data("denied", status=403)
    done = hub.run(report, "--pull-request", "7")
    expected = "error: GET /issues/7/comments: GitHub answers 403. Check the permissions of the workflow.\n"
    assert (1, "", expected) == (done.returncode, done.stdout, done.stderr)
    assert TOKEN not in repr(connect("https://api.github.com", "ada/clients", TOKEN))


def test_a_redirect_is_not_followed(hub: Hub, report: Path, httpserver: HTTPServer) -> None:
    """The token never goes to another address."""
    httpserver.clear()
    target = httpserver.url_for("/elsewhere")
    httpserver.expect_request("/repos/ada/clients/issues/7/comments").respond_with_data(
        "", status=302, headers={"Location": target}
    )
    assert 1 == hub.run(report, "--pull-request", "7").returncode
    assert ["/repos/ada/clients/issues/7/comments"] == [request.path for request, _ in httpserver.log]


def test_a_stale_or_foreign_number_gets_no_comment(hub: Hub, report: Path, httpserver: HTTPServer) -> None:
    """A report is posted only where the reviewed commit is the newest one."""
    httpserver.clear()
    httpserver.expect_request("/repos/ada/clients/pulls/7").respond_with_json({"head": {"sha": "b" * 40}})
    done = hub.run(report, "--pull-request", "7", "--head", "a" * 40)
    assert (1, 1) == (done.returncode, done.stderr.count("\n"))
    assert ["/repos/ada/clients/pulls/7"] == [request.path for request, _ in httpserver.log]


@pytest.mark.parametrize(
    ("api", "repository", "token"),
    [
        ("http://api.github.com", "a/b", "t"),
        ("https://api.github.com", "a", "t"),
        ("https://api.github.com", "a/b/../c", "t"),
        ("https://api.github.com", "a/b", ""),
    ],
)
def test_wrong_settings_are_refused(api: str, repository: str, token: str) -> None:
    """Nothing is sent without https, a repository and a token."""
    with pytest.raises(PipelineError):
        connect(api, repository, token)


def test_a_long_report_is_cut_at_a_line(tmp_path: Path) -> None:
    """What GitHub would refuse is cut, open code and folds are closed, and the reader is told."""
    path = tmp_path / "report.md"
    path.write_text(f"{MARK}\n<details>\n```yaml\n" + "- id: x\n" * 20_000, encoding="utf-8")
    _, text = read_body(path)
    assert len(text) < LARGEST + 200
    assert text.endswith("- id: x\n```\n\n</details>\n\n…cut: the whole report is an artifact of the workflow run.\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by @ada in `@x`", "by @\u2060ada in `@\u2060x`"),
        ("![x](https://a.example/x.png)", "!\u2060[x](https://a.example/x.png)"),
        ("<img src=x> <!-- x -->", "<\u2060img src=x> <\u2060!-- x -->"),
        ("<details><summary>a</summary></details>", "<details><summary>a</summary></details>"),
        ("[acme](preview/acme.html) [x](javascript:1)", "`acme` `x`"),
    ],
    ids=["mention", "image", "HTML", "fold", "links"],
)
def test_a_report_cannot_act_on_its_readers(text: str, expected: str, tmp_path: Path) -> None:
    """A pull request may write its report: mentions, images, HTML and links into files are taken out, folds stay."""
    path = tmp_path / "report.md"
    path.write_text(f"{MARK}\n{text}\n", encoding="utf-8")
    assert (MARK, f"{MARK}\n{expected}\n") == read_body(path)


def test_a_text_without_mark_is_refused(tmp_path: Path) -> None:
    """Without its mark a comment could not be found again."""
    path = tmp_path / "report.md"
    path.write_text("# Spec review\n", encoding="utf-8")
    with pytest.raises(PipelineError, match="the first line is no mark"):
        read_body(path)
