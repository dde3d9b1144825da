"""Accounts, second factors, sessions, links: who may come in."""
