"""Staff see an office's people and invite its first administrator; they take an invoice's links back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from dashboard import client_links, clock
from dashboard.models import Office, User, UserState
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support.pages import posted
from tests.support.portal import an_office, colleague, issued
from tests.support.signed_in import signed_in
from tests.web.test_invitations import link_in

INVITED = {"name": "Demo First", "email": "first@example.test", "role": "office_admin"}


def page_of(office: Office) -> str:
    return f"/staff/offices/{office.id}/people"


def test_an_administrator_invites_the_first_person_of_an_office(app: Flask) -> None:
    office, (admin, _) = an_office(patients=0), signed_in(app, Role.ADMIN)

    answer = posted(admin, page_of(office), **INVITED)

    assert link_in(answer)
    assert f'href="{page_of(office)}">Done</a>' in answer.text
    with reading() as session:
        first = session.scalars(select(User).where(User.office_id == office.id)).one()
    assert (first.role, first.state) == (Role.OFFICE_ADMIN, UserState.INVITED)
    assert "Demo First" in admin.get(page_of(office)).text


def test_who_is_of_another_office_is_not_in_the_list(app: Flask) -> None:
    office, other, (admin, _) = an_office(patients=0), an_office(patients=0), signed_in(app, Role.ADMIN)
    colleague(other, name="Demo Stranger")

    assert "Demo Stranger" not in admin.get(page_of(office)).text


def test_a_role_of_staff_is_not_given_there(app: Flask) -> None:
    office, (admin, _) = an_office(patients=0), signed_in(app, Role.ADMIN)

    assert posted(admin, page_of(office), **INVITED | {"role": "admin"}).status_code == 422


def test_the_links_of_an_invoice_are_taken_back(app: Flask) -> None:
    invoice, (billing, _) = issued(an_office())[0], signed_in(app, Role.BILLING)
    with writing():
        token = client_links.issue(invoice, clock.now())

    answer = posted(billing, f"/staff/invoices/{invoice.id}/client-link/revocation")

    assert answer.status_code == 303
    assert app.test_client().get(f"/link/{token}").status_code == 404
