"""Setting up an app for the second factor: a new secret, its QR code, and the code that proves it arrived.

The secret travels in the form, signed, until a code of it was seen; then it rests, sealed, with the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from dashboard.people import second_factor
from forms.people import SecondFactorForm

GOOD_FOR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page shows: a QR code as a `data:` image, and the same secret for typing."""

    image: str
    letters: str


def begin(form: SecondFactorForm, ref: str) -> None:
    """Give the form a new secret, bound to this account."""
    form.secret.data = _signer().dumps([ref, second_factor.new_secret()])


def offer(form: SecondFactorForm, ref: str, account: str) -> Offer:
    """What the form's secret looks like; a new one where it carries none that holds."""
    if secret_of(form, ref) is None:
        begin(form, ref)
    secret = secret_of(form, ref) or ""
    code = segno.make(second_factor.address_of(secret, account), error="m")
    image = code.svg_data_uri(scale=4, border=3, light="#fff", dark="#000")
    return Offer(image, " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)))


def secret_of(form: SecondFactorForm, ref: str) -> str | None:
    """The secret that the form carries for this account, or None."""
    try:
        whose, secret = _signer().loads(form.secret.data or "", max_age=GOOD_FOR_SECONDS)
    except BadData:
        return None
    return str(secret) if whose == ref else None


def proved(form: SecondFactorForm, ref: str) -> tuple[str, int] | None:
    """The secret and the step of the code typed, or None, and the field says so, where they do not match."""
    secret = secret_of(form, ref)
    step = second_factor.step_of(secret, form.code.data or "", datetime.now(UTC)) if secret else None
    if secret is None or step is None:
        form.code.errors = [
            "This is not the code that the app shows. Scan the picture below, then type the new code."
        ]
        return None
    return secret, step


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="second factor")
