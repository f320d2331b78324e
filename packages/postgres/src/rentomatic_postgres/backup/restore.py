"""Restore of a backup, in one transaction."""

import subprocess
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic_postgres.backup.client_programs import libpq_connection
from rentomatic_postgres.errors import LOCK_NOT_AVAILABLE

# Drops everything in the schema except members of extensions, which may have another owner.
# With VERBOSITY verbose psql prints SQLSTATEs, because messages may be in any language.
REPLACE = """
\\set VERBOSITY verbose
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '{lock}s';
{extension}
CREATE TEMPORARY TABLE rights_before ON COMMIT DROP AS
SELECT relname, attname, (aclexplode(acl)).* FROM (
    SELECT relname, '' AS attname, coalesce(relacl, acldefault('r', relowner)) AS acl
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT relname, attname, attacl
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped) AS relations;
DO $$
DECLARE drops text;
BEGIN
    SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', found.type, found.identity), '; ')
        INTO drops
        FROM pg_depend AS each,
            LATERAL pg_identify_object(each.classid, each.objid, each.objsubid) AS found
        WHERE each.refclassid = 'pg_namespace'::regclass
            AND each.refobjid = 'public'::regnamespace
            AND found.type IN ('table', 'foreign table', 'view', 'materialized view', 'sequence',
                'function', 'procedure', 'aggregate', 'type')
            AND NOT EXISTS (
                SELECT FROM pg_depend AS member
                WHERE member.classid = each.classid AND member.objid = each.objid
                    AND member.deptype = 'e');
    EXECUTE coalesce(drops, '');
END
$$;
\\set VERBOSITY default
"""

# Tables that existed before get their privileges back, without those that default privileges grant
# to new tables.
RESTORE_PRIVILEGES = """
DO $$
DECLARE
    given record;
    objects CONSTANT text[] := ARRAY['TABLE', 'SEQUENCE'];
BEGIN
    FOR given IN SELECT relname, relkind, (aclexplode(relacl)).grantee, relowner FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
            AND relname IN (SELECT relname FROM pg_temp.rights_before)
    LOOP
        CONTINUE WHEN given.grantee = given.relowner;
        EXECUTE format('REVOKE ALL ON %s public.%I FROM %s',
            objects[1 + (given.relkind = 'S')::int], given.relname,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END);
    END LOOP;
    FOR given IN SELECT rights_before.*, relkind
        FROM pg_temp.rights_before JOIN pg_class USING (relname)
        WHERE relnamespace = 'public'::regnamespace AND grantee <> relowner
            AND (attname = '' OR EXISTS (SELECT FROM pg_attribute AS there
                WHERE attrelid = pg_class.oid AND there.attname = rights_before.attname))
    LOOP
        EXECUTE format('GRANT %s%s ON %s public.%I TO %s%s', given.privilege_type,
            '(' || quote_ident(nullif(given.attname, '')) || ')',
            objects[1 + (given.relkind = 'S')::int], given.relname,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END,
            CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' END);
    END LOOP;
END
$$;
"""
COMMIT = "\nCOMMIT;\n"

EXTENSION = "CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public;"

# Owners and privileges remain those of the database.
OPTIONS = ("--file=-", "--schema=public", "--no-owner", "--no-acl")


def replace(url: URL, file: Path, programs: Path, lock_seconds: int) -> None:
    """Replace the contents of the database with a verified archive, in one transaction.

    Raises RepositoryUnavailable if the tables stay locked, and InvalidRequest if PostgreSQL
    rejects the archive.
    """
    target, environ = libpq_connection(url)
    command = (programs / "psql", "--no-psqlrc", "--quiet", "--no-password", f"--dbname={target}")
    extension = EXTENSION if _has_cube(file, programs) else ""
    with subprocess.Popen(  # noqa: S603
        (*command, "--set=ON_ERROR_STOP=1", "--file=-"),
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as psql:
        prologue = REPLACE.format(lock=lock_seconds, extension=extension)
        failure = _send(psql, file, programs, prologue)
        # After a failure there is no COMMIT, so the transaction is rolled back.
        _, errors = psql.communicate("" if failure else RESTORE_PRIVILEGES + COMMIT)
    if psql.returncode or failure:
        raise _failure(file, errors.strip() or failure)


def _send(psql: "subprocess.Popen[str]", file: Path, programs: Path, prologue: str) -> str:
    """Send the prologue and the archive's script to psql; return pg_restore's error, or ''."""
    assert psql.stdin is not None  # nosec B101 # noqa: S101 (it is a pipe)
    with suppress(BrokenPipeError):  # psql has failed, and reports why
        psql.stdin.write(prologue)
        psql.stdin.flush()
    command = (programs / "pg_restore", *OPTIONS, file)
    result = subprocess.run(  # noqa: S603
        command, stdout=psql.stdin, stderr=subprocess.PIPE, text=True, check=False
    )
    return result.stderr.strip() or "pg_restore failed" if result.returncode else ""


def _failure(file: Path, message: str) -> InvalidRequest | RepositoryUnavailable:
    if LOCK_NOT_AVAILABLE in message:
        return RepositoryUnavailable("The tables are in use: nothing was restored")
    return InvalidRequest([Problem(file.name, f"was not restored: {message}")])


def _has_cube(file: Path, programs: Path) -> bool:
    command = (programs / "pg_restore", "--list", file)
    listed = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return " EXTENSION - cube " in listed.stdout
