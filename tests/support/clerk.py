"""A clerk who enters paid orders through the pages, and sends each again until somebody confirms it."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

FORM = "/staff/orders/new?service=npi-revalidation"
SEND = "/staff/orders?service=npi-revalidation"
ANSWERS = {
    "customer_name": "Example Clinic",
    "method": "ach",
    "paid": "y",
    "payment_note": "check 1",
    "npi": "2900000011",
    "provider_name": "Dr. Sample Provider",
    "email": "office@clients.example",
}
BROKEN = (OSError, http.client.HTTPException)
PAUSE_SECONDS = 0.05
Answer = TypeVar("Answer")


class Clerk(threading.Thread):
    """Enters orders until told to stop; `confirmed` holds the numbers that an answer named."""

    def __init__(self, address: str, session: str) -> None:
        super().__init__(daemon=True)
        self.address = urlsplit(address)
        self.cookies = {"session": session}
        self.confirmed: list[str] = []
        self.tries = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            fields = self._until_answered(self._opened_form)
            location = self._until_answered(lambda form=fields: self._sent(form))
            self.confirmed.append(location.rsplit("/", 1)[-1])

    def _until_answered(self, act: Callable[[], Answer]) -> Answer:
        while True:
            self.tries += 1
            try:
                return act()
            except BROKEN:
                time.sleep(PAUSE_SECONDS)

    def _opened_form(self) -> dict[str, str]:
        _, page = self._ask("GET", FORM, 200)
        hidden = re.findall(r'<input[^>]*name="(csrf_token|entry_key)"[^>]*value="([^"]+)"', page)
        return ANSWERS | dict(hidden)

    def _sent(self, fields: dict[str, str]) -> str:
        location, _ = self._ask("POST", SEND, 303, urlencode(fields))
        return location

    def _ask(self, method: str, path: str, wanted: int, body: str | None = None) -> tuple[str, str]:
        line = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=20)
        try:
            line.request(method, path, body, self._headers())
            answer = line.getresponse()
            text = answer.read().decode()
            self._keep_cookies(answer)
        finally:
            line.close()
        if answer.status >= 500:
            raise http.client.HTTPException(answer.status)
        assert answer.status == wanted, f"{method} {path}: {answer.status}\n{text[:2000]}"
        return answer.getheader("Location") or "", text

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
