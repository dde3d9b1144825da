"""The public pages: what we sell, ordering it, and what a link opens."""

from __future__ import annotations

from dashboard.web.public import links, orders, services

BLUEPRINTS = (services.bp, orders.bp, links.bp)
