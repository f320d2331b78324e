"""Process ids of the stack's programs, and signals to them."""

import os
import random
import signal
from pathlib import Path

from tests.e2e.stack import Checkout


def gunicorn(services: Checkout) -> tuple[int, list[int]]:
    """Return the process ids of gunicorn's master and its workers."""
    found = set(services.processes("gunicorn.conf.py"))
    masters = [pid for pid in found if _parent(pid) not in found]
    return (masters or [0])[0], sorted(found.difference(masters))


def workers(services: Checkout) -> list[int]:
    return gunicorn(services)[1]


def kill_worker(services: Checkout) -> None:
    os.kill(random.choice(workers(services)), signal.SIGKILL)  # noqa: S311


def kill_master(services: Checkout) -> None:
    os.kill(gunicorn(services)[0], signal.SIGKILL)


def kill_nginx(services: Checkout) -> None:
    os.kill(_number_in(services.state / "run/nginx/nginx.pid"), signal.SIGKILL)


def kill_postgres(services: Checkout) -> None:
    os.kill(postmaster(services), signal.SIGKILL)


def restart_postgres_fast(services: Checkout) -> None:
    """Stop like `pg_ctl stop -m fast`; supervisord starts the server again."""
    os.kill(postmaster(services), signal.SIGINT)


def restart_postgres_immediately(services: Checkout) -> None:
    """Stop like `pg_ctl stop -m immediate`; the server recovers as after a crash."""
    os.kill(postmaster(services), signal.SIGQUIT)


def reload(services: Checkout) -> None:
    os.kill(gunicorn(services)[0], signal.SIGHUP)


def postmaster(services: Checkout) -> int:
    return _number_in(services.state / "postgres/postmaster.pid")


def _number_in(file: Path) -> int:
    return int(file.read_text("ascii").split()[0])


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except OSError:  # the process has ended
        return 0
