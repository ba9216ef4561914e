"""How gunicorn serves the site; PORT, WORKERS and the command line say otherwise."""

import os

from bekasi_ektp import logs, serving

logs.install()
wsgi_app = "bekasi_ektp.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS") or 2 * (os.cpu_count() or 1) + 1)
worker_class = "bekasi_ektp.webworker.Worker"
preload_app = True
timeout = 60
graceful_timeout = 10
max_requests, max_requests_jitter = 20_000, 2_000
# Reached through the city's proxy; which proxies are believed, proxies.py decides by TRUSTED_PROXIES.
forwarded_allow_ips = ""
logger_class = serving.AccessLog
control_socket_disable = True
on_starting = serving.on_starting
post_fork = serving.post_fork
