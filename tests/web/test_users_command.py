"""`flask users`: the first administrator, the demo's codes, and an account shut from the terminal."""

from __future__ import annotations

from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask

from dashboard import clock, create_app
from dashboard.config import Mode, Settings
from dashboard.models import User, UserState
from dashboard.people import accounts, second_factor
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast


def run(app: Flask, *arguments: str) -> Result:
    """Run the command with nothing of the test around it."""
    return Context().run(app.test_cli_runner().invoke, args=["users", *arguments])


def now_is(user: User) -> User:
    with reading():
        found = accounts.by_ref(user.ref)
    assert found is not None
    return found


def test_create_invites_and_prints_a_link_that_opens(app: Flask):
    said = run(app, "create", "first@example.test", "--name", "First Admin", "--role", "admin")

    path = said.output.strip().rpartition("http://localhost")[2]
    assert said.exit_code == 0
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize("role", ["office_admin", "king"])
def test_create_takes_staff_roles_only(app: Flask, role: str):
    assert run(app, "create", "first@example.test", "--name", "First", "--role", role).exit_code == 2


def test_create_refuses_an_address_twice(app: Flask):
    arguments = ("create", "first@example.test", "--name", "First", "--role", "admin")
    run(app, *arguments)

    again = run(app, *arguments)

    assert again.exit_code == 1
    assert "has an account already" in again.output


def test_list_names_every_account(app: Flask):
    with writing():
        user = cast.person()

    said = run(app, "list").output

    assert said.split() == [user.ref, "active", "fulfillment", user.email]


@pytest.mark.parametrize("name", ["Demo Fulfiller", "demo fulfiller", "fulfillment"])
def test_code_prints_what_the_app_would_show(app: Flask, name: str):
    with writing():
        user = cast.person()
        user.totp_secret = second_factor.new_secret()

    code = run(app, "code", name).output.strip()

    assert second_factor.step_of(user.totp_secret or "", code, datetime.now(UTC))


def test_a_live_system_gives_no_codes_away(app: Flask):
    settings: Settings = app.extensions["settings"]
    live = create_app(replace(settings, countersign_mode=Mode.LIVE))
    clock.follow(settings.clock_file)

    said = run(live, "code", "admin")

    assert said.exit_code == 1
    assert "Only a demo" in said.output


def test_a_name_of_two_or_of_nobody_means_nobody(app: Flask):
    with writing():
        cast.person()
        cast.person()

    assert "2 accounts" in run(app, "code", "fulfillment").output
    assert "0 accounts" in run(app, "disable", "nobody").output


def test_disable_shuts_the_account_but_not_the_last_administrator(app: Flask):
    with writing():
        admin, clerk = cast.person(name="Demo Admin", role=Role.ADMIN), cast.person()

    assert run(app, "disable", clerk.email or "").exit_code == 0
    assert run(app, "disable", "admin").exit_code == 1

    assert now_is(clerk).state is UserState.DISABLED
    assert now_is(admin).state is UserState.ACTIVE
