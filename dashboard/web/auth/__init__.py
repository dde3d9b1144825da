"""Signing in and out, links in mails, the second proof, and one's own profile."""

from __future__ import annotations

from dashboard.web.auth import links, profile, refusals, sign_in, step_up

BLUEPRINTS = (sign_in.bp, step_up.bp, links.bp, profile.bp, refusals.bp)
