"""The portal: an office's own pages. Patients are counts here, never names (spec section 0)."""

from __future__ import annotations

from dashboard.web.portal import home, invoices, people, subscription, usage

BLUEPRINTS = (home.bp, invoices.bp, usage.bp, subscription.bp, people.bp)
