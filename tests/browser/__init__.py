"""A real chromium looks at the whole system: web, scheduler, worker and Redis, with the demo's data."""
