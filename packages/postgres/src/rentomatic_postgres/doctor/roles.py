"""What `rentomatic doctor` looks at as the role that serves: each yields what it finds."""

from sqlalchemy import Connection, text

from rentomatic.checks import Findings, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.connections import role_limits
from rentomatic_postgres.schema.roles import RIGHTS

# What the role may do beyond roles.RIGHTS, and the statement that revokes it.
POWERS = text("""
SELECT 'do everything, as a superuser', format('ALTER ROLE %I NOSUPERUSER', rolname)
FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL SELECT 'make roles', format('ALTER ROLE %I NOCREATEROLE', rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper AND rolcreaterole
UNION ALL SELECT 'write every table', format('REVOKE pg_write_all_data FROM %I', rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    AND pg_has_role('pg_write_all_data', 'MEMBER')
UNION ALL SELECT 'alter ' || relname, format('ALTER TABLE %I OWNER TO another role', relname)
FROM pg_class JOIN pg_roles ON rolname = current_user AND NOT rolsuper
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND pg_has_role(relowner, 'MEMBER')
UNION ALL SELECT string_agg(right_, ', ') || ' on ' || relname,
    format('REVOKE %s ON %I FROM PUBLIC, %I', string_agg(right_, ', '), relname, rolname)
FROM pg_class JOIN pg_roles ON rolname = current_user AND NOT rolsuper
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY(:tables)
    AND (relname, right_) NOT IN (SELECT * FROM unnest(:tables, :rights))
    AND NOT pg_has_role(relowner, 'MEMBER')
    AND CASE WHEN right_ IN ('INSERT', 'UPDATE')
        THEN has_any_column_privilege(pg_class.oid, right_)
        ELSE has_table_privilege(pg_class.oid, right_) END
GROUP BY relname, rolname
UNION ALL SELECT 'make tables', format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    AND has_schema_privilege('public', 'CREATE')
UNION ALL SELECT 'make schemas',
    format('REVOKE CREATE ON DATABASE %I FROM PUBLIC, %I', current_database(), rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    AND has_database_privilege(current_database(), 'CREATE')
""")

# Missing tables are reported by the revision check.
MISSING = text("""
SELECT right_ || ' on ' || relname
FROM pg_class JOIN unnest(:tables, :rights) AS wanted (name, right_) ON relname = name
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND NOT has_table_privilege(oid, right_)
UNION ALL SELECT 'TEMPORARY on the database'
WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
ORDER BY 1
""")
_WANTED = [(table, right) for table, rights in RIGHTS.items() for right in rights]
PARAMETERS = {"tables": [table for table, _ in _WANTED], "rights": [right for _, right in _WANTED]}

# In milliseconds, as a connection starts with them: what it sets later stands elsewhere.
LIMITS = text("SELECT name, reset_val FROM pg_settings WHERE name = ANY(:names)")

READ_ONLY = text("""
SELECT pg_is_in_recovery(), setting = 'on', source, quote_ident(current_database()),
    quote_ident(current_user)
FROM pg_settings WHERE name = 'default_transaction_read_only'
""")
# Who takes the setting back, by where a session has it from.
RESET_BY = {
    "database": "ALTER DATABASE {database}",
    "user": "ALTER ROLE {role}",
    "database user": "ALTER ROLE {role} IN DATABASE {database}",
}
IN_FILE = "Set default_transaction_read_only off in postgresql.conf, and reload it"

INIT = "rentomatic db init"
ANOTHER = "name another role in APPLICATION_USER, and rentomatic db init"


def rights(connection: Connection, _settings: Settings) -> Findings:
    """Say whether the role may do what serving takes."""
    missing = connection.scalars(MISSING, PARAMETERS).all()
    if missing:
        yield error("rights", f"The role that serves has not: {', '.join(missing)}", INIT)
    else:
        yield ok("rights", "The role that serves may read and write rooms, and read tokens")


def power(connection: Connection, settings: Settings) -> Findings:
    """Say whether the role may do more; an owner that serves is a finding of the configuration."""
    if settings.owner_serves:
        return
    found = connection.execute(POWERS, PARAMETERS).all()
    if found:
        message = f"The role that serves can {', '.join(what for what, _ in found)}"
        remedy = "; ".join(statement for _, statement in found)
        yield error("power", message, f"{remedy}; or {ANOTHER}")
    else:
        yield ok("power", "The role that serves can change no table and no token")


def _shown(value: str) -> str:
    """Format a limit as it is set (`5s`) or as the server reports it (in milliseconds)."""
    if value.isdecimal():
        return f"{int(value) / 1000:g} s" if int(value) else "none"
    return value.replace("s", " s") if value[:-1].isdecimal() else value


def limits(connection: Connection, settings: Settings) -> Findings:
    """Say whether the role has the settings' time limits, so that they hold in any client."""
    if settings.owner_serves:
        return
    wanted = role_limits(settings.limits)
    found = connection.execute(LIMITS, {"names": list(wanted)}).all()
    wrong = [
        f"{name} is {_shown(value)} instead of {_shown(wanted[name])}"
        for name, value in sorted(map(tuple, found))
        if _shown(value) != _shown(wanted[name])
    ]
    if wrong:
        yield warning("limits", f"Of the role that serves, {', '.join(wrong)}", INIT)
    else:
        yield ok("limits", "The role that serves has the time limits of the settings")


def writable(connection: Connection, settings: Settings) -> Findings:
    """Say whether the role can change rooms, which a standby and a setting prevent."""
    is_standby, is_read_only, source, database, role = connection.execute(READ_ONLY).one()
    make = warning if settings.read_only else error
    if is_standby:
        message = "The server is a standby: rooms cannot be changed"
        yield make("writable", message, "Name the primary in the settings, or promote this one")
    elif is_read_only:
        message = "default_transaction_read_only is on: rooms cannot be changed"
        by = RESET_BY.get(source, "").format(database=database, role=role)
        remedy = f"{by} RESET default_transaction_read_only" if by else IN_FILE
        yield make("writable", message, remedy)
    else:
        yield ok("writable", "The database takes changes")


CHECKS = (rights, power, limits, writable)
