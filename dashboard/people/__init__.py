"""People with an account: who they are, how they prove it, and what ends their sessions (spec SEC-01)."""
