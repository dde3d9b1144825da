"""The relay: hands ready jobs to a real Redis, keeps nothing, and loses nothing when Redis goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from dashboard import clock
from jobs.registry import REGISTRY
from jobs.relay import Relay
from tests.support.redis import redis_server
from tests.support.work import asked, kind


@pytest.fixture
def wire(redis_url: str) -> Iterator[Redis]:
    redis = Redis.from_url(redis_url, socket_timeout=2)
    redis.flushall()
    yield redis
    redis.close()


def handed(redis: Redis, queue: str) -> list[str]:
    return list(Queue(queue, connection=redis, serializer=JSONSerializer).job_ids)


def test_each_job_goes_to_its_kinds_queue_once(app: Flask, wire: Redis) -> None:
    with kind("test.quick", print), kind("test.long", print, queue="bulk"):
        quick, long = asked("test.quick"), asked("test.long")
        relay = Relay(wire, REGISTRY)
        assert [relay.poll(clock.now()), relay.poll(clock.now())] == [2, 0]
    assert handed(wire, "now") == [f"job-{quick}-0"]
    assert handed(wire, "bulk") == [f"job-{long}-0"]


def test_what_travels_is_a_number_and_nothing_else(app: Flask, wire: Redis) -> None:
    with kind("test.quick", print):
        number = asked("test.quick", order_number="CO-0000000001")
        Relay(wire, REGISTRY).poll(clock.now())
    [job_id] = handed(wire, "now")
    found = Queue("now", connection=wire, serializer=JSONSerializer).fetch_job(job_id)
    assert found is not None
    assert (found.func_name, list(found.args), found.kwargs) == ("jobs.run.run", [number], {})
    assert "CO-0000000001" not in str(wire.hgetall(f"rq:job:{job_id}"))


def test_a_job_of_later_is_handed_over_later(app: Flask, wire: Redis) -> None:
    with kind("test.quick", print):
        asked("test.quick", run_after=clock.now() + timedelta(minutes=1))
        relay = Relay(wire, REGISTRY)
        assert relay.poll(clock.now()) == 0
        assert relay.poll(clock.now() + timedelta(minutes=2)) == 1


def test_much_bulk_work_hides_nothing_that_is_wanted_now(app: Flask, wire: Redis) -> None:
    with kind("test.quick", print), kind("test.long", print, queue="bulk"):
        from dashboard.background import later
        from dashboard.unit import writing

        with writing():
            for _ in range(510):
                later("test.long", run_after=clock.now() - timedelta(hours=1))
        number = asked("test.quick")
        Relay(wire, REGISTRY).poll(clock.now())
    assert handed(wire, "now") == [f"job-{number}-0"]


def test_a_redis_that_was_killed_gets_everything_again(app: Flask) -> None:
    with kind("test.quick", print), redis_server() as server:
        wire = Redis.from_url(server.url, socket_timeout=2)
        first = asked("test.quick")
        relay = Relay(wire, REGISTRY)
        relay.poll(clock.now())
        server.kill()
        second = asked("test.quick")
        with pytest.raises(RedisError):
            relay.poll(clock.now())
        server.start()
        assert relay.poll(clock.now()) == 2
        assert handed(wire, "now") == [f"job-{first}-0", f"job-{second}-0"]
        wire.close()
