"""How gunicorn serves: threads, loopback, a log without secrets. nginx stands before it in production."""

import os
import re

from gunicorn.glogging import Logger

TOKEN = re.compile(r"/[A-Za-z0-9_-]{32,}")


class AccessLog(Logger):
    """Paths without query strings, and without the tokens that open a link (spec SEC-04)."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        return atoms | {"U": TOKEN.sub("/...", atoms["U"])}


wsgi_app = "wsgi:app"
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or (2 if "postgres" in os.environ.get("DATABASE_URL", "") else 1))
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
logger_class = AccessLog
control_socket_disable = True
# only the application reads forwarded headers, from as many proxies as TRUSTED_PROXIES says
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers = {}
