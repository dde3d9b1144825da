"""The wall: lists that should be empty. Each capability adds its own (spec FUL-13)."""

from dashboard.reconcile.shapes import Mending, Row, WallList
from dashboard.reconcile.wall import LISTS, Shown, mend, named, non_empty, shown

__all__ = ["LISTS", "Mending", "Row", "Shown", "WallList", "mend", "named", "non_empty", "shown"]
