"""`flask billing`: turn the months that have ended, close a month's books, ask what an office would pay."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import IO, Any

import click
from flask.cli import with_appcontext

from dashboard import actor, clock, money
from dashboard.billing import forecast, monthly_run, parking, revenue, simulated_input
from dashboard.billing.simulation import Month
from dashboard.cli.simulating import simulated
from dashboard.cycles import boundary
from dashboard.errors import DomainError, Invalid
from dashboard.models import MonthlyRun
from dashboard.rows import found
from dashboard.unit import reading, writing
from jobs import months

UTC_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Instant(click.ParamType[datetime]):
    """An instant in UTC: 2026-03-01, 2026-03-01T05:00 or with a Z."""

    name = "UTC"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            told = datetime.fromisoformat(value)
            return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time. Write it in UTC, such as 2026-03-01T05:00:00Z.", param, ctx)


@click.group()
def billing() -> None:
    """Turn months, close the books, simulate."""


@billing.command()
@click.option("--as-of", type=Instant(), help="Only months that ended by then, in UTC (now).")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@with_appcontext
def run(as_of: datetime | None, dry_run: bool) -> None:
    """Turn every office's months that have ended. Start it as often as you like: each is turned once."""
    until = as_of or clock.now()
    if dry_run:
        _say_forecast(until)
        return
    try:
        its_run = _work(until)
    except DomainError as problem:
        raise click.ClickException(str(problem)) from None
    _say_done(its_run)


@billing.command("close-month")
@click.argument("month", type=click.DateTime(["%Y-%m"]), required=False)
@with_appcontext
def close_month(month: datetime | None) -> None:
    """Close the books of MONTH, such as 2026-03 (the oldest open one): what it earned stands for good."""
    now = clock.now()
    try:
        with writing():
            closed = revenue.close(month.date() if month else _oldest_open(now), now)
    except DomainError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(
        f"{closed.month:%B %Y} is closed: {money.dollars(closed.recognized_cents)} recognized,"
        f" {money.dollars(closed.deferred_cents)} deferred, {len(closed.entries):,} documents."
    )


def _oldest_open(now: datetime) -> date:
    """The month after the newest closed one; where none is, the last that is over."""
    last = revenue.last_closed()
    return boundary(last.month, 1) if last else boundary(now.date().replace(day=1), -1)


@billing.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def simulate(file: IO[str]) -> None:
    """Print what the office that FILE tells of would pay, cycle by cycle, as JSON. FILE may be - (stdin)."""
    try:
        case = simulated_input.case(json.load(file))
    except Invalid as problem:
        raise click.ClickException(f"{problem.field}: {problem}") from None
    except (ValueError, RecursionError) as problem:
        raise click.ClickException(f"{file.name} is no JSON: {problem}") from None
    click.echo(json.dumps([_shown(month) for month in simulated(case)], indent=2))


def _work(until: datetime) -> MonthlyRun:
    """Do the unfinished run, and then, if that asked for less, one up to `until`; gives the last."""
    while True:
        with writing():
            its_run = monthly_run.ask(until, actor.current().name, clock.now())
        months.work(its_run.id, after_each=_say_progress)
        if its_run.as_of >= until:
            return _fresh(its_run.id)


def _fresh(run_id: int) -> MonthlyRun:
    with reading():
        return found(MonthlyRun, run_id)


def _say_progress(run_id: int) -> None:
    its_run = _fresh(run_id)
    click.echo(
        f"{its_run.cycles_turned:,} cycles of {its_run.offices_due:,} offices turned,"
        f" {its_run.charges:,} patients carried over",
        err=True,
    )


def _say_done(its_run: MonthlyRun) -> None:
    if not its_run.offices_due and not its_run.cycles_turned:
        click.echo(f"Already done: no month that ended by {its_run.as_of:{UTC_TIME}} is left.")
        return
    click.echo(
        f"Done: {its_run.cycles_turned:,} cycles, {its_run.charges:,} patients carried over,"
        f" {its_run.invoices_closed:,} invoices closed over {money.dollars(its_run.total_cents)}."
    )
    with reading():
        left = parking.parked_in(its_run)
    for parked, office in left:
        click.echo(f"Left aside: office {office.code}: {parked.reason}", err=True)


def _say_forecast(until: datetime) -> None:
    offices = cycles = patients = cents = 0
    with reading():
        for each in forecast.forecast(until):
            click.echo(_forecast_line(each))
            offices, cycles = offices + 1, cycles + len(each.opening)
            patients, cents = patients + sum(step.patients for step in each.opening), cents + each.cents
    click.echo(
        f"{offices:,} offices, {cycles:,} cycles, {patients:,} patients carried over,"
        f" {money.dollars(cents)}. Nothing was done."
    )


def _forecast_line(each: forecast.Forecast) -> str:
    if each.problem:
        return f"{each.code}: would be left aside: {each.problem}"
    closed = ", ".join(map(money.dollars, each.closing)) or "none"
    opened = ", ".join(f"{step.start} {step.patients:,} patients" for step in each.opening)
    return f"{each.code}: {money.dollars(each.cents)} for {opened}; invoices closed: {closed}"


def _shown(month: Month) -> dict[str, str | int]:
    return {
        "start": month.start.isoformat(),
        "end": month.end.isoformat(),
        "start_utc": f"{month.start_utc:{UTC_TIME}}",
        "end_utc": f"{month.end_utc:{UTC_TIME}}",
        "patients": month.patients,
        "total_cents": month.total_cents,
    }
