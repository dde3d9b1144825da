"""Todos: one task for one person. Opened once for a fact, claimed, worked on, ended (FUL-03 to FUL-11)."""

from dashboard.todos.changes import Change, edit, edit_and_assign, locked, tick
from dashboard.todos.claims import assign, claim, claim_next, is_held, release, take_over
from dashboard.todos.days import day_of, due_instant, start_of_day
from dashboard.todos.endings import blocked_by, cancel, complete, is_filed_online, reopen
from dashboard.todos.errors import AlreadyClaimed, NothingToClaim, NotReady, TodoClosed, TodoOpen
from dashboard.todos.notes import note
from dashboard.todos.opening import open_once

__all__ = [
    "AlreadyClaimed",
    "Change",
    "NotReady",
    "NothingToClaim",
    "TodoClosed",
    "TodoOpen",
    "assign",
    "blocked_by",
    "cancel",
    "claim",
    "claim_next",
    "complete",
    "day_of",
    "due_instant",
    "edit",
    "edit_and_assign",
    "is_filed_online",
    "is_held",
    "locked",
    "note",
    "open_once",
    "release",
    "reopen",
    "start_of_day",
    "take_over",
    "tick",
]
