"""`rentomatic doctor`."""

from collections import Counter

import click

from rentomatic.checks import Level, Result, Results, error, run_checks
from rentomatic.errors import InvalidRequest
from rentomatic.terminal_text import printable
from rentomatic_cli.checks import machine
from rentomatic_cli.commands import LoadSettings

SUBJECT_WIDTH = 13
TOTALS = {Level.ERROR: "errors", Level.WARNING: "warnings", Level.OK: "ok"}


@click.command()
@click.option("--strict", is_flag=True, help="Exit with status 1 for warnings, too.")
@click.pass_obj
def doctor(load: LoadSettings, strict: bool) -> None:
    """Check this installation.

    Prints one line per result: ok, a warning or an error, and a remedy for each problem. Changes
    nothing. Exits with status 1 if there is an error.
    """
    counts: Counter[Level] = Counter()
    for result in check_all(load):
        counts[result.level] += 1
        click.echo(to_line(result))
    click.echo(", ".join(f"{name} {counts[level]}" for level, name in TOTALS.items()))
    if counts[Level.ERROR] or (strict and counts[Level.WARNING]):
        raise SystemExit(1)


def check_all(load: LoadSettings) -> Results:
    """Run all checks; if the settings are invalid, only those of the machine."""
    yield from machine.check()
    try:
        settings = load()
    except InvalidRequest as failure:
        for name, message in failure.problems:
            remedy = f"Correct {name}; docs/settings.md lists the valid values"
            yield error("configuration", f"{name}: {message}", remedy)
    else:
        yield from run_checks(settings)


def to_line(result: Result) -> str:
    level, subject, message, remedy = result
    end = f". Remedy: {remedy}" if remedy else ""
    return printable(f"{level:7}  {subject:{SUBJECT_WIDTH}}  {message.rstrip('.?')}{end}")
