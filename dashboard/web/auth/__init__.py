"""Signing in and out, links in mails, the second proof, and one's own profile."""

from __future__ import annotations

from dashboard.web.auth.links import bp as links_bp
from dashboard.web.auth.profile import bp as profile_bp
from dashboard.web.auth.refusals import bp as refusals_bp
from dashboard.web.auth.sign_in import bp as sign_in_bp
from dashboard.web.auth.step_up import bp as step_up_bp

BLUEPRINTS = (sign_in_bp, step_up_bp, links_bp, profile_bp, refusals_bp)
