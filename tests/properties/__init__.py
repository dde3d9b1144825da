"""The proof of billing: a slow, obvious model of the rules, and random histories compared with it."""
