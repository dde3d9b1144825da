"""Sending an invitation: by mail, or, where no mail can be sent, as a link that is shown once."""

from __future__ import annotations

from flask import current_app

from dashboard import clock
from dashboard.models import User
from dashboard.people import invitations


def invited(user: User) -> str | None:
    """Have the link mailed; without a mail server, give it, to be shown once. Said in a writing unit."""
    if current_app.extensions["gateways"].mailer is not None:
        invitations.send(user, clock.now())
        return None
    path = invitations.path_for(user, clock.now())
    return f"{current_app.extensions['settings'].base_url}{path}"
