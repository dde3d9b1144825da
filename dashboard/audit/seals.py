"""Placeholder until the seals land."""


def new_signing_key() -> str:
    return "placeholder"
