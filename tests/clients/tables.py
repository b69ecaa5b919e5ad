"""The request tables of all vendors, by operationId."""

from __future__ import annotations

from tests.clients.orderingstack.table import ROWS as ORDERINGSTACK_ROWS
from tests.clients.pepper.table import NAMES
from tests.clients.pepper.table import ROWS as PEPPER_ROWS
from tests.clients.rows import Row
from tests.clients.stampede.table import ROWS as STAMPEDE_ROWS
from tests.clients.stamps.table import ROWS as STAMPS_ROWS

ROWS: dict[str, dict[str, Row]] = {
    "stampede": {row.operation: row for row in STAMPEDE_ROWS},
    "stamps": {row.operation: row for row in STAMPS_ROWS},
    "orderingstack": {row.operation: row for row in ORDERINGSTACK_ROWS},
    "pepper": {NAMES[row.operation]["operation"]: row for row in PEPPER_ROWS},
}
