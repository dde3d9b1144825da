"""The staff pages."""

from __future__ import annotations

from dashboard.web.staff import people

BLUEPRINTS = (people.bp,)
