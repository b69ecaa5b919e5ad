"""`nox -s observe -- <vendor> traffic.har …`: compare recorded traffic with the effective spec, raise grades, propose overlay actions.

Nothing of what traffic holds is written, only names, types and counts. With --live the command makes the calls itself, with your own credentials.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.observe.exchange import Exchange, read_captures
from scripts.observe.grades import raised
from scripts.observe.judge import Judge
from scripts.observe.live import run_live
from scripts.observe.probe import Probe, planned
from scripts.observe.propose import free_numbers, propose
from scripts.observe.report import as_markdown, candidates, summary
from scripts.observe.write import make_files, read_evidence, write_report, write_text
from scripts.spec.effective import make_effective


def observe(
    vendor: Vendor,
    exchanges: Iterable[Exchange],
    probe: Probe | None = None,
    *,
    servers: Sequence[str] = (),
    confirmed: Sequence[str] = (),
) -> tuple[Judge, str, dict[Path, str]]:
    """Judge recorded exchanges and those of a live run; return the judge, the report and the files to change, and write nothing.

    Raises:
        PipelineError: the spec cannot be made.
    """
    document = make_effective(vendor).document
    judge = Judge(document, servers=[*servers, *([probe.origin] if probe else ())], confirmed=confirmed)
    for exchange in [*exchanges, *(probe.exchanges if probe else ())]:
        judge.take(exchange)
    for exchange, route, known in probe.refused if probe else ():
        judge.refuse(exchange, route, known)
    judge.finish(probe.present if probe else ())
    numbers = free_numbers(read_evidence(vendor), vendor.slug)
    proposals, after = propose(document, judge.result, judge.words, numbers)
    report = as_markdown(vendor.slug, judge.result, judge.words, proposals, probe.notes if probe else [])
    return judge, report, make_files(vendor, after, proposals, raised(after, judge.result))


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run from the command line."""
    options = _parser().parse_args(argv)
    vendor = find_vendors([options.vendor], root=root)[0]
    if not options.traffic and not options.live:
        raise PipelineError("no traffic is named", where=vendor.slug, todo="Give a HAR file, or --live.")
    exchanges = read_captures(options.traffic)
    probe = None
    if options.live:
        document = make_effective(vendor).document
        print("\n".join([f"{vendor.slug}: a run may call, with your credentials:", *planned(document)]), flush=True)
        if not options.yes:
            print(f"{vendor.slug}: nothing was called. These methods change nothing; --yes starts them.")
            return 0
        probe = run_live(vendor, document, dict(options.value))
    own = os.environ.get(f"{vendor.slug}_BASE_URL".upper())  # where the clients of this account call
    servers = [*options.server, *([own] if own else [])]
    judge, report, files = observe(vendor, exchanges, probe, servers=servers, confirmed=options.confirm)
    page = write_report(vendor, report, files)
    print(f"{vendor.slug}: {summary(judge.result)}")
    if sys.stdout.isatty():  # texts that may be values: for the eyes of a person, not for a log
        print("\n".join(candidates(judge.result, judge.words)))
    if options.apply:
        for path, text in files.items():
            write_text(path, text)
        changed = ", ".join(map(vendor.show, files)) or "nothing"
        print(f"{vendor.slug}: changed {changed}. Next: nox -s regenerate validate -- {vendor.slug}, and review.")
    else:
        print(f"{vendor.slug}: read {vendor.show(page)}; --apply puts the proposals into the repository.")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("write it as NAME=TEXT")
    return name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nox -s observe --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vendor", help="folder name below specs/")
    parser.add_argument("traffic", nargs="*", type=Path, help="HAR files, or files with one HAR entry a line")
    server = "a further address of the API, with its base path"
    parser.add_argument("--server", action="append", default=[], metavar="URL", help=server)
    confirm = "a text that you looked at and that is a name and no value: a member, a segment, a member of an enum"
    parser.add_argument("--confirm", action="append", default=[], metavar="TEXT", help=confirm)
    live = "make calls with the credentials of your environment; without --yes they are only listed"
    parser.add_argument("--live", action="store_true", help=live)
    value = "what --live gives a parameter that no list has a value for; it is sent to the vendor and written nowhere"
    parser.add_argument("--value", action="append", default=[], type=_pair, metavar="NAME=TEXT", help=value)
    parser.add_argument("--yes", action="store_true", help="start the calls of --live")
    apply = "put overlay, evidence and grades into the repository, for review"
    parser.add_argument("--apply", action="store_true", help=apply)
    return parser


if __name__ == "__main__":
    sys.exit(run(main))
