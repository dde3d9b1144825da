"""The background doors. Each job is a function of row numbers, registered by its kind; running it twice is
harmless.
"""

from jobs.registry import finishing, job

__all__ = ["finishing", "job"]
