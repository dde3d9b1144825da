"""The invented rows of a full database, as SQL that both databases read alike.

Order n, todo n and the event of its opening have the id n. Nineteen in twenty are done, the newest are open.
Sealed columns stay NULL.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.catalog import SERVICES

GIVEN = ("Sample", "Demo", "Example", "Test", "Mock", "Trial", "Pretend", "Specimen")
FAMILY = tuple(
    first + last
    for first in ("North", "Alder", "Mill", "Fair", "Stone", "Brook", "Hill")
    for last in ("wick", "worth", "field", "ford", "well")
)
PRIME = 2_147_483_647
MINUTES_A_TODO = 1_576_800  # three years, shared out among all of them
OPEN_SHARE = 20


class Rows:
    """SQL for the columns of row number n. What looks random is the same each time."""

    def __init__(self, lite: bool, count: int, now: str) -> None:
        self.lite, self.count, self.now = lite, count, now

    def insert(self, table: str, columns: dict[str, str]) -> str:
        names, values = ", ".join(columns), ", ".join(columns.values())
        return f"INSERT INTO {table} ({names}) SELECT {values} FROM {self._numbers()}"

    def order(self) -> dict[str, str]:
        return {
            "id": "n", "ref": self._ref(1), "order_number": self._order_number(),
            "source": "'public'", "entry_key": "'bench:' || n", "service_slug": self._service("slug"),
            "price_cents": self._price(), "amount_cents": self._price(), "surcharge_cents": "0",
            "allowed_methods": """'["card","ach"]'""", "method": "'card'", "npi": self._npi(),
            "payment_status": "'paid'", "paid_at": self._created(),
            "status": f"CASE WHEN {self._is_open()} THEN 'active' ELSE 'completed' END",
            "created_at": self._created(), "updated_at": self._created(), "version": "1",
        }  # fmt: skip

    def todo(self) -> dict[str, str]:
        number = self._order_number()
        provider = f"' — Dr. ' || {self._provider()} || ' (NPI ' || {self._npi()} || ')'"
        still = _pick(("pending", "in_progress", "waiting"), _dice(5))
        return {
            "id": "n", "ref": self._ref(2), "key": f"'fulfil:' || {number}",
            "title": f"{self._service('name')} || {provider}",
            "category": "'filing'", "priority": self._service("priority"), "order_id": "n",
            "order_number": number, "npi": self._npi(), "service_slug": self._service("slug"),
            "intake_incomplete": "n % 12 = 0",
            "status": f"CASE WHEN {self._is_open()} THEN {still} ELSE 'done' END",
            "assignee_id": f"CASE WHEN {_dice(6)} % 3 = 0 THEN NULL ELSE {self._someone()} END",
            "due_at": self._instant(f"{self._age()} - 20160 + {_dice(7)} % 14400"), "checklist": "'[]'",
            "created_at": self._created(), "updated_at": self._created(), "version": "1",
        }  # fmt: skip

    def event(self) -> dict[str, str]:
        return {
            "id": "n", "at": self._created(), "actor": "'worker'", "action": "'todo opened'",
            "object_type": "'admin_todos'", "object_ref": self._ref(2), "outcome": "'ok'",
            "request_id": "'bench'",
        }  # fmt: skip

    def _numbers(self) -> str:
        if self.lite:
            series = f"SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {self.count}"
            return f"(WITH RECURSIVE c(n) AS ({series}) SELECT n FROM c)"
        return f"(SELECT n FROM generate_series(1::bigint, {self.count}) AS n) AS c"

    def _ref(self, salt: int) -> str:
        return f"printf('%032x', n * 8 + {salt})" if self.lite else f"lpad(to_hex(n * 8 + {salt}), 32, '0')"

    def _order_number(self) -> str:
        """Unique, because the factor and the prime have no divisor in common."""
        return f"'CO-' || CAST(1000000000 + (n * 48271) % {PRIME} AS TEXT)"

    def _npi(self) -> str:
        return "CAST(2900000000 + (n * 31337) % 99999989 AS TEXT)"

    def _service(self, what: str) -> str:
        return _pick([str(getattr(service, what)) for service in SERVICES], _dice(1))

    def _price(self) -> str:
        return f"CAST({self._service('price_cents')} AS BIGINT)"

    def _provider(self) -> str:
        return f"{_pick(GIVEN, _dice(2))} || ' ' || {_pick(FAMILY, _dice(4))}"

    def _someone(self) -> str:
        """One of the staff: their ids follow one another."""
        return f"(SELECT min(id) FROM users) + {_dice(8)} % (SELECT count(*) FROM users)"

    def _is_open(self) -> str:
        return f"(({self.count} - n) * {OPEN_SHARE} < {self.count})"

    def _age(self) -> str:
        """How many minutes ago it was ordered."""
        return f"(({self.count} - n) * {MINUTES_A_TODO} / {self.count})"

    def _created(self) -> str:
        return self._instant(self._age())

    def _instant(self, minutes_ago: str) -> str:
        if self.lite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{self.now}', (-({minutes_ago})) || ' minutes')"
        return f"timestamptz '{self.now}+00' - ({minutes_ago}) * interval '1 minute'"


def _dice(salt: int) -> str:
    return f"((n * {16807 + 2 * salt} + {salt} * 7919) % 1000003 * 31 % 65521)"


def _pick(words: Sequence[str], number: str) -> str:
    """One of the words: they stand in one text at equal distances, which both databases cut alike."""
    width = max(map(len, words))
    text = "".join(word.ljust(width) for word in words).replace("'", "''")
    return f"rtrim(substr('{text}', CAST(1 + {width} * ({number} % {len(words)}) AS INTEGER), {width}))"
