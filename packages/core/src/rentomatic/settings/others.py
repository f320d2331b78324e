"""Settings that are not fields of Settings: parts of URLs, files of secrets, and of services/."""

from typing import NamedTuple


class Other(NamedTuple):
    """An environment variable, its default and its description."""

    name: str
    default: str
    description: str


DATABASE = (
    Other(
        "RENTOMATIC_REPOSITORY",
        "",
        "URL of the database: `postgresql://…`, `mongodb://…` or `memory://`",
    ),
    Other(
        "POSTGRES_HOSTNAME",
        "",
        "host of PostgreSQL, or folder of its socket; used if `RENTOMATIC_REPOSITORY` is unset",
    ),
    Other("POSTGRES_PORT", "5432", "port of PostgreSQL"),
    Other(
        "POSTGRES_USER",
        "",
        "role that owns the tables, and that serves unless `APPLICATION_USER` is set; a process "
        "that only serves does not need it",
    ),
    Other("POSTGRES_PASSWORD", "", "password of `POSTGRES_USER`"),
    Other(
        "POSTGRES_PASSWORD_FILE", "", "file with that password; alternative to `POSTGRES_PASSWORD`"
    ),
    Other(
        "APPLICATION_USER",
        "",
        "application role: serves, and can change neither tables nor tokens; PostgreSQL only",
    ),
    Other("APPLICATION_PASSWORD", "", "password of `APPLICATION_USER`"),
    Other(
        "APPLICATION_PASSWORD_FILE",
        "",
        "file with that password; alternative to `APPLICATION_PASSWORD`",
    ),
    Other(
        "APPLICATION_HOSTNAME",
        "",
        "host or socket folder of a PgBouncer for the application role; by default it connects "
        "to the same server as the owner",
    ),
    Other("APPLICATION_PORT", "6432", "port of that PgBouncer"),
    Other("APPLICATION_DB", "application", "database of the rooms"),
)
SERVICES = (
    Other(
        "RENTOMATIC_SECRET_KEY_FILE",
        "",
        "file with that key; alternative to `RENTOMATIC_SECRET_KEY`",
    ),
    Other(
        "RENTOMATIC_GUNICORN_BIND",
        "a unix socket",
        "address on which gunicorn listens if it runs without `./just serve`",
    ),
    Other(
        "RENTOMATIC_METRICS_BIND",
        "127.0.0.1:9464",
        "address on which gunicorn serves metrics, or `unix:/…`; without `./just serve`, none if"
        " unset",
    ),
    Other(
        "APPLICATION_CONFIG",
        "development",
        "name of the configuration file in `APPLICATION_CONFIG_PATH`",
    ),
    Other("APPLICATION_CONFIG_PATH", "services/config", "folder of the configuration files"),
    Other("RENTOMATIC_IMAGE", "rentomatic", "image of the containers of `./just compose`"),
    Other("RENTOMATIC_STATE", ".state", "folder of the embedded database, sockets and logs"),
    Other(
        "RENTOMATIC_POSTGRES_BIN",
        "",
        "folder of the PostgreSQL programs for the embedded database",
    ),
)
