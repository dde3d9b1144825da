"""The staff pages."""

from __future__ import annotations

from dashboard.web.staff import bulk, people, today, todo

BLUEPRINTS = (today.bp, todo.bp, bulk.bp, people.bp)
