"""What a web server serves. A `flask` command loads it too, and needs no secrets for that."""

import os

from dashboard import create_app
from dashboard.upkeep.readiness import refuse_unready

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    refuse_unready(app)
