"""The chain and its seals: linked once, never forked; whatever is done to it shows, with its place
(AUD-02).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dashboard import audit, clock
from dashboard.audit import Action, chain
from dashboard.audit.seals import KINDS, statement
from dashboard.audit.signing import keys_of, new_signing_key
from dashboard.audit.verify import chunks, verify
from dashboard.models import AuditLink
from dashboard.unit import reading, writing
from jobs.sealer import Sealer
from tests.support import trail

pytestmark = pytest.mark.both
EDIT = "UPDATE audit_events SET outcome = 'refused' WHERE id = {}"


def event_at(seq: int) -> int:
    with reading() as session:
        return int(session.scalars(select(AuditLink.event_id).where(AuditLink.seq == seq)).one())


def test_a_trail_left_alone_is_sound(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 12, now)
    report = trail.verified(app)
    assert report.is_sound
    assert (report.links, report.waiting.events) == (12, 0)
    assert report.seals == 4, "a minute and a day, in the database and outside"


def test_the_newest_events_are_counted_until_they_are_linked(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 3, now)
    trail.write_events(2)
    report = trail.verified(app)
    assert report.is_sound
    assert report.waiting.events == 2
    assert clock.now() - report.waiting.since < timedelta(minutes=10)


def test_an_edited_event_is_named_and_those_after_it_are_not(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 9, now)
    event = event_at(4)
    with trail.as_owner(app) as owner:
        owner.execute(text(EDIT.format(event)))
    [fault] = trail.verified(app).faults
    assert (fault.seq, fault.event_id, fault.what) == (4, event, "the event was edited")


def test_a_deleted_event_is_named(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 9, now)
    event = event_at(5)
    with trail.as_owner(app) as owner:
        owner.execute(text(f"DELETE FROM audit_events WHERE id = {event}"))
    [fault] = trail.verified(app).faults
    assert (fault.seq, fault.event_id, fault.what) == (5, event, "the event was deleted")


def test_events_deleted_with_their_links_leave_a_gap_that_is_named(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 9, now)
    with trail.as_owner(app) as owner:
        owner.execute(text("DELETE FROM audit_links WHERE seq IN (5, 6)"))
        owner.execute(text("DELETE FROM audit_events WHERE id NOT IN (SELECT event_id FROM audit_links)"))
    assert trail.places(trail.verified(app)) == [(5, "deleted from the chain: 5 to 6")]


def test_a_chain_that_was_cut_off_contradicts_its_seals(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 6, now)
    trail.grown(app, 3, now)
    with trail.as_owner(app) as owner:
        cut(owner, above=7)
    faults = trail.places(trail.verified(app))
    assert {seq for seq, _ in faults} == {9}
    assert all("the chain was cut" in what for _, what in faults)


def test_a_chain_cut_off_with_its_seals_contradicts_those_outside(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 6, now)
    trail.grown(app, 3, now)
    with trail.as_owner(app) as owner:
        cut(owner, above=6)
        owner.execute(text("DELETE FROM audit_seals WHERE seq > 6"))
    faults = trail.places(trail.verified(app))
    assert any(seq == 9 and "was cut" in what and "outside" in what for seq, what in faults)
    assert any("kept outside, was deleted from the database" in what for _, what in faults)


def cut(owner: Session, above: int) -> None:
    owner.execute(text(f"DELETE FROM audit_links WHERE seq > {above}"))
    owner.execute(text("DELETE FROM audit_events WHERE id NOT IN (SELECT event_id FROM audit_links)"))


def test_two_swapped_events_are_named_with_each_other(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 9, now)
    first, second = event_at(3), event_at(7)
    swap = "UPDATE audit_links SET event_id = {} WHERE seq = {}"
    with trail.as_owner(app) as owner:
        for statement_ in (swap.format(-1, 3), swap.format(first, 7), swap.format(second, 3)):
            owner.execute(text(statement_))
    assert trail.places(trail.verified(app)) == [
        (3, "the event was swapped with that of seq 7"),
        (7, "the event was swapped with that of seq 3"),
    ]


def test_swapped_contents_are_named_with_each_other(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 9, now)
    first, second = event_at(3), event_at(7)
    with trail.as_owner(app) as owner:
        said = {row.id: row.changes for row in owner.execute(text("SELECT id, changes FROM audit_events"))}
        times = {row.id: row.at for row in owner.execute(text("SELECT id, at FROM audit_events"))}
        change = text("UPDATE audit_events SET changes = :changes, at = :at WHERE id = :id")
        owner.execute(change, {"id": first, "changes": said[second], "at": times[second]})
        owner.execute(change, {"id": second, "changes": said[first], "at": times[first]})
    assert trail.places(trail.verified(app)) == [
        (3, "the event was swapped with that of seq 7"),
        (7, "the event was swapped with that of seq 3"),
    ]


def test_a_rewritten_chain_contradicts_the_seals(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 6, now)
    trail.grown(app, 3, now)
    edit = text(EDIT.format(event_at(4)))
    with trail.as_owner(app) as owner:
        owner.execute(edit)
    rewrite(app)
    faults = trail.places(trail.verified(app))
    assert {seq for seq, _ in faults} == {6}, "the first seal that the new chain contradicts"
    assert all("rewritten" in what for _, what in faults)


def rewrite(app: Flask) -> None:
    """Compute every link anew, as somebody who has the database but not the signing key."""
    with reading() as session:
        old = [place for places in chunks(session, to=9) for place in places]
    previous = chain.GENESIS
    with trail.as_owner(app) as owner:
        for place in old:
            new = chain.digest(place.seq, place.said, previous)
            change = text("UPDATE audit_links SET previous = :previous, hash = :hash WHERE seq = :seq")
            owner.execute(change, {"seq": place.seq, "previous": previous, "hash": new})
            previous = new


def test_seals_signed_with_another_key_are_refused(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 4, now)
    forger = keys_of(new_signing_key())
    with trail.as_owner(app) as owner:
        for row in owner.execute(text("SELECT id, kind, seq, hash FROM audit_seals")).all():
            mac = forger.sign(statement(row.kind, chain.stamp(KINDS[row.kind](now)), row.seq, row.hash))
            change = text("UPDATE audit_seals SET mac = :mac WHERE id = :id")
            owner.execute(change, {"mac": mac, "id": row.id})
    assert any("carries no valid signature" in what for _, what in trail.places(trail.verified(app)))


def test_seals_of_a_rotated_key_are_still_vouched_for(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 4, now)
    rotated = keys_of(new_signing_key() + trail.keys(app).public_pem())
    trail.write_events(2)
    Sealer("test", rotated, trail.folder(app)).work(now + timedelta(minutes=1))
    with reading() as session:
        report = verify(session, rotated, trail.folder(app))
    assert report.is_sound
    assert len(rotated.public) == 2


def test_eight_writers_and_two_sealers_make_one_chain_without_gaps(app: Flask, now: datetime) -> None:
    for file in trail.folder(app).glob("*.jsonl"):
        file.unlink()

    def write(_: int) -> None:
        with app.app_context():
            for number in range(25):
                with writing():
                    audit.record(Action.TODO_OPENED, changes={"key": f"fulfil:{number}"})

    def link(name: str) -> None:
        with app.app_context():
            mine = trail.sealer(app, name)
            for _ in range(40):
                mine.work(now)

    with ThreadPoolExecutor(10) as pool:
        writers = [pool.submit(write, number) for number in range(8)]
        sealers = [pool.submit(link, name) for name in "ab"]
        for each in (*writers, *sealers):
            each.result()
    one_holds_the_lease = [trail.sealer(app, name).work(now + timedelta(minutes=2)) for name in "ab"]
    assert 0 in one_holds_the_lease
    report = trail.verified(app)
    assert report.is_sound
    assert (report.links, report.waiting.events) == (200, 0)


def test_a_second_sealer_that_lost_its_lease_cannot_fork_the_chain(app: Flask, now: datetime) -> None:
    trail.write_events(3)
    with reading() as session:
        stale = chain.links_after(chain.head(session), chain.unlinked(session))
    trail.sealer(app).work(now)
    assert trail.sealer(app)._add(stale) is False
    assert trail.verified(app).links == 3


def test_an_event_that_commits_after_later_ids_is_still_linked(app: Flask, now: datetime) -> None:
    if app.extensions["settings"].is_sqlite:
        pytest.skip("SQLite has one writer, so ids commit in order")
    mine = trail.sealer(app)
    with trail.slow_event(app):
        trail.write_events(2)
        assert mine.work(now) == 2
    assert mine.work(now) == 1
    assert trail.verified(app).waiting.events == 0


def test_a_chain_longer_than_a_chunk_is_linked_and_verified_in_order(app: Flask, now: datetime) -> None:
    trail.write_events(chain.CHUNK + 10)
    mine = trail.sealer(app)
    assert [mine.work(now), mine.work(now), mine.work(now)] == [chain.CHUNK, 10, 0]
    assert trail.verified(app).links == chain.CHUNK + 10
