"""One line of JSON for each thing that happened, on standard error.

No line carries a person's data (spec FUL-14): errors are logged by class, SQLSTATE and place, never with
their text, and libraries that log values at their default level are kept quiet.
"""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = (
    "rq.worker",
    "rq",
    "sqlalchemy.engine",
    "sqlalchemy.pool",
    "psycopg",
    "stripe",
    "werkzeug",
    "alembic",
    "weasyprint",
)


def begin() -> None:
    """Set up logging for this process. Harmless to repeat."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
