"""Random histories: what can happen to an office's billing, in any order, compared after each step."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dashboard.unit import reading, writing
from tests.properties import model
from tests.properties.model import ACTIVATE, DEACTIVATE, Cycle, History, Told
from tests.properties.reality import RealOffice
from tests.properties.slow_calendar import first_instant

ZONES = st.sampled_from(
    [
        "America/New_York",
        "Europe/London",
        "America/Phoenix",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/Havana",
        "Pacific/Apia",
        "Pacific/Pago_Pago",
    ]
)
ANCHORS = st.one_of(
    st.dates(date(2027, 10, 1), date(2028, 3, 31)),
    st.sampled_from([date(2027, 12, 31), date(2028, 1, 30), date(2028, 2, 29), date(2027, 10, 28)]),
)
INSTANT = timedelta(microseconds=1)  # the shortest time that both databases tell apart
STEPS = st.one_of(
    st.sampled_from([timedelta(), 3 * INSTANT]),
    st.integers(1, 72).map(lambda each: timedelta(hours=each)),
    st.integers(1, 70).map(lambda each: timedelta(days=each)),
)
NEAR = st.sampled_from([-INSTANT, timedelta(), INSTANT])
PATIENTS = st.sampled_from("abcd")
KINDS = st.sampled_from([ACTIVATE, ACTIVATE, DEACTIVATE])
PRICES = st.sampled_from([0, 150, 200, 250])
LONG_AGO = date(2000, 1, 1)
MOST_MONTHS = 16


class Crash(RuntimeError):
    """A unit of work that does not reach its end."""


class Billing(RuleBasedStateMachine):
    """One office, its four patients, and a clock that only goes forward."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.app_context = self.app.app_context()
        self.app_context.push()

    def teardown(self) -> None:
        self.app_context.pop()

    @initialize(
        zone=ZONES,
        anchor=ANCHORS,
        cents=PRICES,
        status=st.sampled_from(["active", "active", "trialing", "past_due", "inactive"]),
        trial=st.integers(-5, 75),
        started=st.integers(-40, 20),
        waited=STEPS,
    )
    def begin(
        self, zone: str, anchor: date, cents: int, status: str, trial: int, started: int, waited: timedelta
    ) -> None:
        start = first_instant(anchor, zone) + timedelta(days=started)
        self.history = History(zone, anchor, [(start, status)], [(LONG_AGO, cents)])
        if status == "trialing":
            self.history.trial_ends_on = anchor + timedelta(days=trial)
        self.now = self.turned = start + waited
        self.real = RealOffice(self.history)
        self.run()

    # The clock and the monthly run

    @rule(by=STEPS)
    @precondition(lambda self: len(self.history.cycles(self.now)) < MOST_MONTHS)
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @rule(by=NEAR)
    @precondition(lambda self: 0 < len(self.history.cycles(self.now)) < MOST_MONTHS)
    def a_boundary_comes(self, by: timedelta) -> None:
        self.now = max(self.now, self.history.cycles(self.now)[-1].ends + by)

    @rule()
    def run(self) -> None:
        with writing():
            self.real.run(self.now)
        self.turned = self.now

    # What is told of patients

    @rule(patient=PATIENTS, kind=KINDS, ago=STEPS)
    def tell(self, patient: str, kind: str, ago: timedelta) -> None:
        self.told(Told(patient, kind, self.now - ago, self.now))

    @rule(patient=PATIENTS, kind=KINDS)
    def tell_at_once(self, patient: str, kind: str) -> None:
        self.told(Told(patient, kind, self.now, self.now))

    @rule(patient=PATIENTS, kind=KINDS, back=st.integers(1, 4), by=NEAR)
    @precondition(lambda self: self.history.cycles(self.now))
    def tell_near_a_boundary(self, patient: str, kind: str, back: int, by: timedelta) -> None:
        cycle = self.history.cycles(self.now)[-back:][0]
        self.told(Told(patient, kind, min(self.now, cycle.begins + by), self.now))

    @rule(patient=PATIENTS, kind=KINDS, days=st.integers(0, 40))
    def tell_of_before_the_anchor(self, patient: str, kind: str, days: int) -> None:
        at = first_instant(self.history.anchor, self.history.zone) - timedelta(days=days)
        self.told(Told(patient, kind, min(at, self.now), self.now))

    @rule(data=st.data(), kind=KINDS)
    @precondition(lambda self: self.history.told)
    def tell_of_the_same_instant(self, data: st.DataObject, kind: str) -> None:
        before = data.draw(st.sampled_from(self.history.told))
        self.told(Told(before.patient, kind, before.at, self.now))

    def told(self, told: Told) -> None:
        """Tell it, twice: the second time changes nothing, and gives the same charge."""
        again = Told(told.patient, told.kind, told.at, told.told)
        self.history.told += [told, again]
        self.turned = self.now
        for each in (told, again):
            with writing():
                assert self.real.tell(each) == self.owed_at(each)

    def owed_at(self, told: Told) -> int | None:
        if told.kind == DEACTIVATE:
            return None
        held = [each for each in self.history.cycles(self.now) if each.begins <= told.at < each.ends]
        return self.history.owed(held[0], told.patient, model.FOR_EVER) if held else None

    # What changes about the office

    @rule(status=st.sampled_from(["active", "past_due", "inactive", "canceled"]))
    def status_changes(self, status: str) -> None:
        self.now += 2 * INSTANT  # an instant has one status, and is not a boundary
        with writing():
            self.real.set_status(status, self.now)
        self.history.statuses.append((self.now, status))
        self.turned = self.now

    @rule(days=st.integers(2, 80), cents=PRICES)
    def a_price_is_decided(self, days: int, cents: int) -> None:
        effective = self.now.date() + timedelta(days=days)
        if effective not in dict(self.history.prices):
            with writing():
                self.real.add_price(effective, cents, self.now)
            self.history.prices.append((effective, cents))

    @rule(days=st.integers(0, 27))
    @precondition(lambda self: self.history.cycles(self.now))
    def a_new_anchor_is_chosen(self, days: int) -> None:
        anchor = model.next_start(self.history, self.now) + timedelta(days=days)
        with writing():
            self.real.run(self.now).next_anchor_date = anchor
        self.history.anchors.append((self.now, anchor))
        self.turned = self.now

    # What goes wrong

    @rule(patient=PATIENTS, kind=KINDS, ago=STEPS)
    def a_unit_crashes(self, patient: str, kind: str, ago: timedelta) -> None:
        try:
            with writing():
                self.real.run(self.now)
                self.real.tell(Told(patient, kind, self.now - ago, self.now))
                raise Crash
        except Crash:
            return

    @rule(ago=STEPS, kind=KINDS)
    def everybody_comes_at_once(self, ago: timedelta, kind: str) -> None:
        told = [Told(patient, kind, self.now - ago, self.now) for patient in "abcd" for _ in range(2)]
        acts: list[Callable[[], object]] = [lambda each=each: self.real.tell(each) for each in told]
        at_once(self.app, [*acts, lambda: self.real.run(self.now), lambda: self.real.run(self.now)])
        self.history.told += told
        self.turned = self.now

    # What must be true after each step

    @invariant()
    def the_ledger_is_the_models(self) -> None:
        with reading():
            cycles, ledger = self.real.cycles(), self.real.ledger()
            invoices, live = self.real.invoices(), self.real.live()
        expected = self.history.cycles(self.turned)
        assert cycles == [(each.start, each.begins, each.ends, self.history.price(each)) for each in expected]
        assert ledger == model.ledger(self.history, self.turned)
        assert invoices == model.invoices(self.history, self.turned)
        self.sums_tie(expected, ledger, invoices, live)

    def sums_tie(
        self,
        cycles: list[Cycle],
        ledger: dict[tuple[date, str], int],
        invoices: dict[date, model.Lines],
        live: dict[date, tuple[str, int]],
    ) -> None:
        closed = {each.start: model.total(invoices[each.start]) for each in cycles[:-1]}
        assert {day: shown for day, shown in live.items() if day in closed} == {
            day: ("closed", cents) for day, cents in closed.items() if cents > 0
        }
        still_open = sum(model.total(invoices[each.start]) for each in cycles[-1:])
        assert sum(ledger.values()) == sum(cents for cents in closed.values() if cents > 0) + still_open


def at_once(app: Flask, acts: list[Callable[[], object]]) -> None:
    """Do all of these in threads of their own, each in a unit; whatever one raised is raised."""

    def one(act: Callable[[], object]) -> None:
        with app.app_context(), writing():
            act()

    with ThreadPoolExecutor(len(acts)) as threads:
        for done in [threads.submit(one, act) for act in acts]:
            done.result()
