"""Keeping an installation sound: may it serve, what may go, which key seals."""
