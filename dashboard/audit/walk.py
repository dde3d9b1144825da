"""Walking a chain, from the database or from an export: what does not follow, and where (spec AUD-02).

Each fault is named where it was done: a changed event does not make every later link look wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.audit.chain import GENESIS, digest
from dashboard.audit.seals import Seal
from dashboard.audit.signing import SigningKeys

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the place in the chain, and the event where there is one."""

    seq: int
    event_id: int | None
    what: str

    def __str__(self) -> str:
        event = "" if self.event_id is None else f", event {self.event_id}"
        return f"seq {self.seq}{event}: {self.what}"


@dataclass(frozen=True, slots=True)
class Place:
    """One link as read. `said` is what its event says now, None where the event is gone."""

    seq: int
    event_id: int
    previous: str
    hash: str
    said: Mapping[str, Any] | None


@dataclass
class Walk:
    """Takes places in the order of the chain, and seals with the hash found at theirs; knows what is wrong.

    It keeps the first `SHOWN` faults and counts the rest, so its memory does not grow with the chain.
    """

    keys: SigningKeys
    last: int = 0
    hash: str = GENESIS
    links: int = 0
    seals: int = 0
    sealed: int = 0
    total: int = 0
    _faults: list[Fault] = field(default_factory=list)
    _changed: list[Place] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)

    def take(self, place: Place) -> None:
        """The next place of the chain."""
        self._follow(place)
        if place.said is None:
            self.fault(place.seq, "the event was deleted", place.event_id)
        elif digest(place.seq, place.said, place.previous) != place.hash:
            self._suspect(place)
        self.links += 1
        self.last, self.hash = place.seq, place.hash

    def check(self, seal: Seal, found: str | None, where: str) -> None:
        """A seal, and the hash that the chain has at its place, None where it has none."""
        self.seals += 1
        if not seal.is_signed(self.keys):
            self.fault(seal.seq, f"the {seal.kind} seal of {seal.at} {where} carries no valid signature")
        elif found is None:
            text = f"the chain was cut before this place, which was sealed {seal.at} {where}"
            self._once(f"cut {where}", seal.seq, text)
        elif found != seal.hash:
            text = f"the chain was rewritten up to this place, which was sealed {seal.at} {where}"
            self._once(f"rewritten {where}", seal.seq, text)
        else:
            self.sealed = max(self.sealed, seal.seq)

    def fault(self, seq: int, what: str, event_id: int | None = None) -> None:
        self.total += 1
        if len(self._faults) < SHOWN:
            self._faults.append(Fault(seq, event_id, what))

    def faults(self) -> list[Fault]:
        """Every fault kept, in the order of the chain."""
        return sorted([*self._faults, *map(self._judged, self._changed)], key=lambda fault: fault.seq)

    def _follow(self, place: Place) -> None:
        if place.seq != self.last + 1:
            gone = f"{self.last + 1} to {place.seq - 1}" if place.seq - self.last > 2 else str(self.last + 1)
            self.fault(self.last + 1, f"deleted from the chain: {gone}")
        elif place.previous != self.hash:
            self.fault(place.seq, "it does not follow the link before, so one was rewritten", place.event_id)

    def _suspect(self, place: Place) -> None:
        self.total += 1
        if len(self._changed) < SHOWN:
            self._changed.append(place)

    def _once(self, word: str, seq: int, what: str) -> None:
        """A cut or rewritten end contradicts every later seal: the first names the place."""
        if word not in self._said:
            self._said.add(word)
            self.fault(seq, what)

    def _judged(self, place: Place) -> Fault:
        other = next((other for other in self._changed if other is not place and _fits(other, place)), None)
        what = f"the event was swapped with that of seq {other.seq}" if other else "the event was edited"
        return Fault(place.seq, place.event_id, what)


def _fits(other: Place, place: Place) -> bool:
    """Whether what `other` says now is what `place` was linked with."""
    said = other.said or {}
    return any(
        digest(place.seq, candidate, place.previous) == place.hash
        for candidate in (said, {**said, "id": place.event_id})
    )
