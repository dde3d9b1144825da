"""Random histories: what can happen to two offices' billing, in any order, compared after each step."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dashboard.billing import monthly_run, subscriptions
from dashboard.unit import writing
from tests.properties import comparing, model, reality
from tests.properties.model import ACTIVATE, DEACTIVATE, History, Told
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
INSTANT = timedelta(microseconds=1)
STEPS = st.one_of(
    st.sampled_from([timedelta(), 3 * INSTANT]),
    st.integers(1, 72).map(lambda each: timedelta(hours=each)),
    st.integers(1, 70).map(lambda each: timedelta(days=each)),
)
NEAR = st.sampled_from([-INSTANT, timedelta(), INSTANT])
OFFICES = st.sampled_from(["north", "south"])
PATIENTS = st.sampled_from("abcd")
KINDS = st.sampled_from([ACTIVATE, ACTIVATE, DEACTIVATE])
PRICES = st.sampled_from([0, 150, 200, 250])
LONG_AGO = date(2000, 1, 1)
LAST = timedelta(days=430)


class Crash(RuntimeError):
    """A unit of work that does not reach its end."""


class Billing(RuleBasedStateMachine):
    """Two offices, four patients, and a clock that only goes forward."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.app_context = self.app.app_context()
        self.app_context.push()
        self.told: list[Told] = []
        self.histories: dict[str, History] = {}
        self.real: dict[str, RealOffice] = {}
        self.turned: dict[str, datetime] = {}

    def teardown(self) -> None:
        with writing():
            for office in self.real.values():
                office.forget()
        self.app_context.pop()

    @initialize(anchor=ANCHORS, zones=st.tuples(ZONES, ZONES), cents=PRICES, late=st.integers(-40, 70))
    def begin(self, anchor: date, zones: tuple[str, str], cents: int, late: int) -> None:
        """North's anchor lies before its subscription's start or after it; to south, people move."""
        self.now = self.first = first_instant(anchor, zones[0]) + timedelta(days=late, hours=5)
        self.history("north", zones[0], anchor, cents)
        self.history("south", zones[1], self.now.date() - timedelta(days=10), 3_00)
        with writing():
            self.patients = {name: reality.new_patient(self.real["north"]) for name in "abcd"}
        self.home = dict.fromkeys("abcd", "north")

    def history(self, name: str, zone: str, anchor: date, cents: int) -> None:
        made = History(name, zone, anchor, [(self.now, "active")], [(LONG_AGO, cents)], told=self.told)
        with writing():
            self.real[name] = RealOffice(made, self.now)
        self.histories[name], self.turned[name] = made, self.now

    # The clock and the monthly run

    def is_early(self) -> bool:
        return self.now < self.first + LAST

    @rule(by=STEPS)
    @precondition(is_early)
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @rule(office=OFFICES, by=NEAR)
    @precondition(is_early)
    def a_boundary_comes(self, office: str, by: timedelta) -> None:
        if self.histories[office].cycles(self.now):
            self.now = max(self.now, self.histories[office].holding(self.now).ends + by)

    @rule()
    def the_run_comes_twice_at_once(self) -> None:
        runs = [lambda each=each: each.run(self.now) for each in self.real.values()]
        self.at_once([self.turn_one, *runs, self.turn_one])
        self.turned = dict.fromkeys(self.turned, self.now)

    def turn_one(self) -> None:
        """One step of the monthly run, for one office that nobody else has."""
        its_run = monthly_run.ask(self.now, "test", self.now)
        if offices := monthly_run.claim(self.now, most=1):
            monthly_run.turn(its_run.id, offices, self.now)

    # What is told of patients

    @rule(patient=PATIENTS, kind=KINDS, ago=STEPS)
    def tell(self, patient: str, kind: str, ago: timedelta) -> None:
        self.say(patient, kind, self.now - ago)

    @rule(patient=PATIENTS, kind=KINDS)
    def tell_at_once(self, patient: str, kind: str) -> None:
        self.say(patient, kind, self.now)

    @rule(patient=PATIENTS, kind=KINDS, back=st.integers(1, 3), by=NEAR)
    def tell_near_a_boundary(self, patient: str, kind: str, back: int, by: timedelta) -> None:
        if cycles := self.histories[self.home[patient]].cycles(self.now):
            self.say(patient, kind, min(self.now, cycles[-back:][0].begins + by))

    @rule(patient=PATIENTS, kind=KINDS)
    def tell_at_the_boundary(self, patient: str, kind: str) -> None:
        if cycles := self.histories[self.home[patient]].cycles(self.now):
            self.say(patient, kind, cycles[-1].begins)

    @rule(patient=PATIENTS, kind=KINDS, days=st.integers(0, 40))
    def tell_of_before_the_anchor(self, patient: str, kind: str, days: int) -> None:
        north = self.histories["north"]
        self.say(patient, kind, min(self.now, first_instant(north.anchor, north.zone) - timedelta(days=days)))

    @rule(data=st.data(), kind=KINDS)
    @precondition(lambda self: self.told)
    def tell_of_the_same_instant(self, data: st.DataObject, kind: str) -> None:
        before = data.draw(st.sampled_from(self.told))
        self.say(before.patient, kind, before.at)

    def say(self, patient: str, kind: str, at: datetime) -> None:
        """Tell it, twice: the second time changes nothing, and gives the same charge."""
        told = Told(self.home[patient], patient, kind, at, self.now)
        self.told += [told, told]
        for _ in range(2):
            with writing():
                assert reality.tell(self.patients[patient], told) == self.owed(told)
        self.turn_offices_of(patient)

    def owed(self, told: Told) -> int | None:
        history = self.histories[told.office]
        held = [each for each in history.cycles(self.now) if each.begins <= told.at < each.ends]
        if told.kind == DEACTIVATE or not held:
            return None
        return history.owed(held[0], told.patient, model.FOR_EVER)

    def turn_offices_of(self, patient: str) -> None:
        """Those where the patient was; one at which they never became active is not turned by the news."""
        for office in {each.office for each in self.told if each.patient == patient}:
            with writing():
                self.real[office].run(self.now)
            self.turned[office] = self.now

    @rule(patient=PATIENTS)
    def a_patient_moves(self, patient: str) -> None:
        self.now += INSTANT
        old, new = self.home[patient], {"north": "south", "south": "north"}[self.home[patient]]
        known = sorted((each for each in self.told if each.patient == patient), key=lambda each: each.at)
        if known and known[-1].kind == ACTIVATE:
            self.told.append(Told(old, patient, DEACTIVATE, self.now, self.now))
            self.told.append(Told(new, patient, ACTIVATE, self.now, self.now))
        with writing():
            reality.move(self.patients[patient], self.real[new], self.now)
        self.home[patient] = new
        self.turned = dict.fromkeys(self.turned, self.now)

    # What changes about the office

    @rule(status=st.sampled_from(["active", "active", "past_due", "inactive", "canceled"]))
    def the_provider_tells_a_status(self, status: str) -> None:
        self.now += 2 * INSTANT  # an instant has one status
        with writing():
            self.real["north"].set_status(status, self.now)
        self.histories["north"].statuses.append((self.now, status))
        self.turned["north"] = self.now

    @rule(anchor=ANCHORS, trial=st.none() | st.integers(2, 80))
    def the_subscription_starts_again(self, anchor: date, trial: int | None) -> None:
        north = self.histories["north"]
        self.now += 2 * INSTANT
        if north.status(self.now) in model.CHARGED or not north.cycles(self.now):
            return
        if trial:
            north.trials[self.now] = self.now.date() + timedelta(days=trial)
        with writing():
            self.real["north"].start(anchor, self.now, north.trials.get(self.now))
        north.statuses.append((self.now, "trialing" if trial else "active"))
        north.anchors.append((self.now, anchor))
        self.turned["north"] = self.now

    def goes_on(self) -> bool:
        north = self.histories["north"]
        runs = bool(north.cycles(self.now)) and north.status(self.now) in model.CHARGED
        return runs and not north.will_end(self.now)

    @rule()
    @precondition(goes_on)
    def the_subscription_is_canceled(self) -> None:
        north = self.histories["north"]
        with writing():
            assert subscriptions.cancel(self.real["north"].office(), self.now) == north.holding(self.now).ends
        north.canceled.append(self.now)
        self.turned["north"] = self.now

    @rule(days=st.integers(2, 80), cents=PRICES)
    def a_price_is_decided(self, days: int, cents: int) -> None:
        effective = self.now.date() + timedelta(days=days)
        if effective not in dict(self.histories["north"].prices):
            with writing():
                self.real["north"].add_price(effective, cents, self.now)
            self.histories["north"].prices.append((effective, cents))

    @rule(zone=ZONES)
    @precondition(lambda self: self.histories["north"].cycles(self.now))
    def the_office_moves_to_another_zone(self, zone: str) -> None:
        with writing():
            subscriptions.change_zone(self.real["north"].office(), zone, self.now)
        self.histories["north"].zones.append((self.now, zone))
        self.turned["north"] = self.now

    @rule(anchor=ANCHORS)
    @precondition(goes_on)
    def a_new_anchor_is_chosen(self, anchor: date) -> None:
        with writing():
            subscriptions.change_anchor(self.real["north"].office(), anchor, self.now)
        self.histories["north"].anchors.append((self.now, anchor))
        self.turned["north"] = self.now

    # What goes wrong

    @rule(patient=PATIENTS, kind=KINDS, ago=STEPS)
    def a_unit_crashes(self, patient: str, kind: str, ago: timedelta) -> None:
        told = Told(self.home[patient], patient, kind, self.now - ago, self.now)
        try:
            with writing():
                self.turn_one()
                reality.tell(self.patients[patient], told)
                raise Crash
        except Crash:
            return

    @rule(ago=STEPS, kind=KINDS)
    def everybody_comes_at_once(self, ago: timedelta, kind: str) -> None:
        told = [Told(self.home[name], name, kind, self.now - ago, self.now) for name in "abcd" for _ in "12"]
        tells = [lambda each=each: reality.tell(self.patients[each.patient], each) for each in told]
        self.at_once([*tells, self.turn_one, self.turn_one])
        self.told += told
        self.the_run_comes_twice_at_once()

    def at_once(self, acts: list[Callable[[], object]]) -> None:
        """Do all of these in threads of their own, each in a unit; what one raises is raised."""

        def one(act: Callable[[], object]) -> None:
            with self.app.app_context(), writing():
                act()

        with ThreadPoolExecutor(len(acts)) as threads:
            for done in [threads.submit(one, act) for act in acts]:
                done.result()

    # What must be true after each step

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        names = {patient_id: name for name, patient_id in self.patients.items()}
        for name, history in self.histories.items():
            comparing.compare(history, self.real[name], names, self.turned[name])
