"""Inviting somebody: by mail, or, where no mail can be sent, by a link that is shown once."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.models import User
from dashboard.people import invitations
from dashboard.rights import Role
from dashboard.unit import writing
from dashboard.web.access import me
from dashboard.web.pages import page


def invite(
    form: FlaskForm,
    make: Callable[[str, str, Role], User],
    *,
    drawn: Callable[[FlaskForm], str],
    done: Callable[[User], str],
) -> ResponseReturnValue:
    """Make the account that the form asks for, in a unit of its own, and invite its person.

    `make` takes email, name and role; what it refuses goes back into the form, which `drawn` draws. `done`
    says where to go on.
    """
    if not form.validate():
        return drawn(form), 422
    try:
        with writing():
            user = make(form["email"].data, form["name"].data, Role(form["role"].data))
            link = invited(user)
    except Invalid as problem:
        form[problem.field].errors = [str(problem)]
        return drawn(form), 422
    return told(user, link, to=done(user))


def invited(user: User) -> str | None:
    """Have the link mailed; without a mail server, give it, to be shown once. Said in a writing unit."""
    if current_app.extensions["gateways"].mailer is not None:
        invitations.send(user, clock.now())
        return None
    path = invitations.path_for(user, clock.now())
    return f"{current_app.extensions['settings'].base_url}{path}"


def told(user: User, link: str | None, *, to: str) -> ResponseReturnValue:
    """Say that the invitation is on its way and go on; or show the link, and from there go on."""
    if link is None:
        flash("The invitation is on its way.")
        return redirect(to, 303)
    layout = "layouts/staff.html" if me().role.is_staff else "layouts/portal.html"
    return page(
        "auth/invitation_link.html", layout=layout, link=link, person=user, hours=invitations.HOURS, done=to
    )
