"""CSV files that are uploaded and downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ...documents import Document
from ...exchange import Request
from .errors import invalid

_MOST_ROWS = 10_000


def read_upload(request: Request, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Read the part `file`: its header and rows, all of one length; refuses with 422 what is not such a file (PC-11)."""
    upload = request.uploads.get("file")
    if upload is None:
        raise invalid("file is required.")
    try:
        lines = list(csv.reader(io.StringIO(upload.content.decode("utf-8-sig")), skipinitialspace=True, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise invalid("The file is not CSV in UTF-8.") from error
    lines = [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise invalid("The file has no header row.")
    header, rows = lines[0], lines[1:]
    missing = [name for name in required if name not in header]
    if missing:
        raise invalid(f"The file lacks the columns {', '.join(missing)}.")
    if len(rows) > _MOST_ROWS:
        raise invalid(f"The file has more than {_MOST_ROWS} rows.")
    return header, [(row + [""] * len(header))[: len(header)] for row in rows]


def write_csv(columns: Sequence[str], rows: Iterable[Document]) -> str:
    """Write rows under a header; what a row lacks is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
