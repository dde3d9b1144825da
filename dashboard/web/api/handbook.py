"""`docs/api.md`: the API for people who write programs, made from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.web.api import reference
from dashboard.web.api.description import REFUSALS
from dashboard.web.api.reference import Operation, Row
from dashboard.web.api.rights import Right

START = """# The JSON API

Written by `flask api docs` from the schemas; a test compares. The same for programs is at
`GET /api/v1/openapi.json`, as a page at `/api/v1/docs`.

## What every request shares

* **Key.** `Authorization: Bearer KEY`. An administrator makes keys on `/staff/settings/keys`, for one office
  or for one staff role. A key is shown once and kept as a hash; revoked, it opens nothing from the next
  request on. Cookies open nothing here.
* **Values.** Money is a string with two decimals, times are UTC and end in `Z`, days are local to the office,
  ids are opaque: 32 hexadecimal digits.
* **Refusals** are problem documents (RFC 9457) with a stable `code` and, where one input is to be mended, its
  `field`. What the schema forbids is 400, 415 or 422. What is well-formed, but not true of the world as it
  stands, is 404 or 409: there `code` names the rule. Something of another office looks exactly as if it were
  not there.
* **Sending twice.** A POST with an `Idempotency-Key` is done once for that key and API key: the same request
  gives the same answer, another one 409 `IDEMPOTENCY_KEY_REUSED`. What was refused may be sent again under
  its key.
* **Limit.** Each API key has `API_REQUESTS_PER_MINUTE` requests a minute (6000 where it is not set) in each
  web process; beyond it 429, and `Retry-After` says in how many seconds to go on.
* **Pages.** A list gives `next_cursor`; send it as `cursor` for the next page.

The examples run as they are, once these are set:

```sh
export COUNTERSIGN=http://127.0.0.1:8000 KEY=... OFFICE=... PATIENT=... INVOICE=... PLAN=...
```
"""
MODEL = """## Data model

An **office** has at most one **subscription**, which is to a plan, and **patients**. Each patient that is
active costs the office one **charge** a billing period. The charges of a period stand on one monthly
**invoice**, a draft until the period has ended and somebody, or the clock, approved it; one-off charges and
setup fees have invoices of their own. An invoice has **line items**, one a kind: which patients they are for
is told nowhere. A **run** closes the periods that have ended. An **order** is one sold service, of an office
or of somebody else.
"""


def text(document: Mapping[str, Any]) -> str:
    """The whole file."""
    parts = [START, "\n".join(_refusals()), "\n".join(_rights()), "## Operations"]
    for section in reference.sections(document):
        parts.append(f"### {section.title}")
        parts += ["\n".join(_operation(each)) for each in section.operations]
    parts.append(MODEL)
    parts += ["\n".join(_shape(*each)) for each in reference.models(document)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _refusals() -> Iterator[str]:
    yield "| refused with | because |\n|---|---|"
    for status, words in REFUSALS.items():
        yield f"| {'5xx' if status == 'default' else status} | {words} |"


def _rights() -> Iterator[str]:
    yield "## Which key opens what\n"
    yield f"| key of | {' | '.join(right.value for right in Right)} |"
    yield "|---|" + "---|" * len(Right)
    for name, held in reference.rights():
        yield f"| {name} | {' | '.join('yes' if yes else 'no' for yes in held)} |"


def _operation(told: Operation) -> Iterator[str]:
    yield f"#### {told.summary}\n\n`{told.method} {told.path}`\n"
    if told.description:
        yield told.description + "\n"
    if told.takes:
        yield from _rows(told.takes)
        yield ""
    if told.body:
        yield f"Takes [{told.body}](#{told.body.lower()})."
    for status, words, shape in told.answers:
        said = (
            "" if words in {"OK", "Created", "Accepted"} else f": {words[0].lower()}{words[1:].rstrip('.')}"
        )
        yield f"Gives {status} [{shape}](#{shape.lower()}){said}."
    yield f"\n```sh\n{told.curl}\n```"


def _shape(name: str, words: str, rows: list[Row]) -> Iterator[str]:
    yield f"### {name}\n\n{words}\n"
    yield from _rows(rows) if rows else ["It has no fields."]


def _rows(rows: tuple[Row, ...] | list[Row]) -> Iterator[str]:
    yield "| field | form | meaning |\n|---|---|---|"
    for row in rows:
        needed = " (needed)" if row.needed else ""
        yield f"| `{row.name}` | {row.kind.replace('|', chr(92) + '|')}{needed} | {row.words} |"
