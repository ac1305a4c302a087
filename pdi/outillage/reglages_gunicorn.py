"""gunicorn in production: everything from the environment, logs on standard output."""

import multiprocessing
import os

bind = "0.0.0.0:8000"  # nosec B104  # inside its container: the published port is compose's choice
workers = int(os.environ.get("PDI_PROCESSUS_WEB") or 2 * multiprocessing.cpu_count() + 1)
worker_class = "sync"
preload_app = True
timeout = 60
graceful_timeout = 30
max_requests = 2000
max_requests_jitter = 200
worker_tmp_dir = "/dev/shm"  # noqa: S108  # nosec B108  # the heartbeat file must not wait for a disk
control_socket_disable = True
forwarded_allow_ips = os.environ.get("PDI_MANDATAIRES", "127.0.0.1")
errorlog = "-"
accesslog = None
