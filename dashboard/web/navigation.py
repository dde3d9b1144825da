"""The left rail: one list, in order. A link shows when its page exists and the person may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from flask import Flask
from werkzeug.exceptions import HTTPException

from dashboard.rights import Permission, Role, may


@dataclass(frozen=True, slots=True)
class Link:
    """One entry. `key` follows `g` on the keyboard, `count` names a number of `nav_counts`; `only_in` is the
    mode in which it is there.
    """

    name: str
    path: str
    permission: Permission
    key: str = ""
    count: str = ""
    tone: str = ""
    only_in: str = ""


P = Permission
RAIL: tuple[tuple[str, tuple[Link, ...]], ...] = (
    (
        "Work",
        (
            Link("Today", "/staff/", P.SEE_TODAY, key="t"),
            Link("Queue", "/staff/queue", P.SEE_QUEUE, key="q", count="queue"),
            Link("Orders", "/staff/orders", P.SEE_ORDERS, key="o"),
            Link("Filings", "/staff/filings", P.SEE_QUEUE, key="f", count="filings"),
            Link("Mail", "/staff/outbox", P.SEE_MESSAGES, key="m"),
            Link("Screening", "/staff/screening", P.SEE_QUEUE),
        ),
    ),
    (
        "Billing",
        (
            Link("Offices", "/staff/offices", P.SEE_OFFICES),
            Link("Invoices", "/staff/invoices", P.SEE_INVOICES, key="i"),
            Link("Runs", "/staff/runs", P.SEE_INVOICES),
            Link("Charges", "/staff/charges", P.SEE_CHARGES),
            Link("Dunning", "/staff/dunning", P.SEE_INVOICES),
            Link("Revenue", "/staff/revenue", P.SEE_REVENUE),
            Link("Subscriptions", "/staff/subscriptions", P.SEE_OFFICES, key="s"),
            Link("Stripe events", "/staff/stripe-events", P.SEE_OFFICES, key="e"),
        ),
    ),
    (
        "System",
        (
            Link("Wall", "/staff/wall", P.SEE_WALL, key="w"),
            Link("Jobs", "/staff/jobs", P.SEE_JOBS, key="j", count="jobs_failed", tone="bad"),
            Link("Audit", "/staff/audit", P.SEE_AUDIT, key="a"),
            Link("People", "/staff/settings/people", P.SEE_PEOPLE, key="p"),
            Link("Services", "/staff/settings/services", P.SEE_SETTINGS),
            Link("Clock", "/staff/clock", P.MOVE_CLOCK, only_in="demo"),
            Link("API keys", "/staff/settings/keys", P.CHANGE_KEYS),
        ),
    ),
)


def reader(app: Flask) -> Callable[[Role], Iterator[tuple[str, list[Link]]]]:
    """The template's `navigation(role)`: sections that are not empty, with the links this role may follow."""
    exists = cache(lambda path: _exists(app, path))
    mode = app.extensions["settings"].mode

    def shown(role: Role) -> Iterator[tuple[str, list[Link]]]:
        for section, links in RAIL:
            here = [link for link in links if exists(link.path) and link.only_in in {"", mode}]
            open_to_them = [link for link in here if may(role, link.permission)]
            if open_to_them:
                yield section, open_to_them

    return shown


def _exists(app: Flask, path: str) -> bool:
    try:
        return bool(app.url_map.bind("localhost").match(path, method="GET"))
    except HTTPException:
        return False
