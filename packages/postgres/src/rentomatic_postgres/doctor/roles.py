"""Checks of the application role: privileges, settings, read-only mode."""

from sqlalchemy import Connection, text

from rentomatic.checks import Results, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.connections import role_settings
from rentomatic_postgres.schema.roles import PRIVILEGES

# Privileges beyond PRIVILEGES, each with the statement that revokes it.
EXCESS = text("""
SELECT 'do everything (superuser)', format('ALTER ROLE %I NOSUPERUSER', rolname)
FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL SELECT 'create roles', format('ALTER ROLE %I NOCREATEROLE', rolname)
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
UNION ALL SELECT 'create tables', format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    AND has_schema_privilege('public', 'CREATE')
UNION ALL SELECT 'create schemas',
    format('REVOKE CREATE ON DATABASE %I FROM PUBLIC, %I', current_database(), rolname)
FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    AND has_database_privilege(current_database(), 'CREATE')
""")

# Missing tables are reported by the revision check.
MISSING = text("""
SELECT right_ || ' on ' || relname
FROM pg_class JOIN unnest(:tables, :rights) AS required (name, right_) ON relname = name
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND NOT has_table_privilege(oid, right_)
UNION ALL SELECT 'TEMPORARY on the database'
WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
ORDER BY 1
""")
_PAIRS = [(table, privilege) for table, each in PRIVILEGES.items() for privilege in each]
PARAMETERS = {"tables": [table for table, _ in _PAIRS], "rights": [right for _, right in _PAIRS]}

# reset_val: the value at connection start, which our own engine overrides later.
SETTINGS = text("SELECT name, reset_val FROM pg_settings WHERE name = ANY(:names)")

READ_ONLY = text("""
SELECT pg_is_in_recovery(), setting = 'on', source, quote_ident(current_database()),
    quote_ident(current_user)
FROM pg_settings WHERE name = 'default_transaction_read_only'
""")
# By pg_settings.source; any other source is a configuration file.
ALTER = {
    "database": "ALTER DATABASE {database}",
    "user": "ALTER ROLE {role}",
    "database user": "ALTER ROLE {role} IN DATABASE {database}",
}
EDIT_FILE = "Set default_transaction_read_only to off in postgresql.conf, and reload the server"

INIT = "rentomatic db init"
OTHER_ROLE = "set APPLICATION_USER to another role, and rentomatic db init"


def missing_privileges(connection: Connection, _settings: Settings) -> Results:
    """Check that the role can read and write rooms, and read tokens."""
    missing = connection.scalars(MISSING, PARAMETERS).all()
    if missing:
        yield error("privileges", f"The application role lacks: {', '.join(missing)}", INIT)
    else:
        yield ok("privileges", "The application role can read and write rooms, and read tokens")


def excess_privileges(connection: Connection, settings: Settings) -> Results:
    """Check that the role cannot change tables or tokens; the owner always can."""
    if settings.owner_serves:
        return
    excess = connection.execute(EXCESS, PARAMETERS).all()
    if excess:
        message = f"The application role can also {', '.join(action for action, _ in excess)}"
        remedy = "; ".join(statement for _, statement in excess)
        yield error("privileges", message, f"{remedy}; or {OTHER_ROLE}")
    else:
        yield ok("privileges", "The application role cannot change tables or tokens")


def limits(connection: Connection, settings: Settings) -> Results:
    """Check the role's own timeouts and jit, which apply to every client of the role."""
    if settings.owner_serves:
        return
    expected = role_settings(settings.limits)
    rows = connection.execute(SETTINGS, {"names": list(expected)}).all()
    wrong = [
        f"{name} is {_shown(value)} instead of {_shown(expected[name])}"
        for name, value in sorted(map(tuple, rows))
        if _shown(value) != _shown(expected[name])
    ]
    if wrong:
        yield warning("limits", f"Settings of the application role: {', '.join(wrong)}", INIT)
    else:
        yield ok("limits", "The application role has the configured timeouts")


def _shown(value: str) -> str:
    """Format a timeout as it is set (`5s`) or as the server reports it (in milliseconds)."""
    if value.isdecimal():
        return f"{int(value) / 1000:g} s" if int(value) else "none"
    return value.replace("s", " s") if value[:-1].isdecimal() else value


def writable(connection: Connection, settings: Settings) -> Results:
    """Check that the server is not a standby, and default_transaction_read_only is off."""
    is_standby, is_read_only, source, database, role = connection.execute(READ_ONLY).one()
    result = warning if settings.read_only else error
    if is_standby:
        message = "The server is a standby, which accepts no writes"
        yield result("writable", message, "Connect to the primary, or promote this server")
    elif is_read_only:
        statement = ALTER.get(source, "").format(database=database, role=role)
        remedy = f"{statement} RESET default_transaction_read_only" if statement else EDIT_FILE
        yield result("writable", "default_transaction_read_only is on", remedy)
    else:
        yield ok("writable", "The database accepts writes")


CHECKS = (missing_privileges, excess_privileges, limits, writable)
