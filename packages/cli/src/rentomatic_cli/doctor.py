"""`rentomatic doctor`."""

from collections import Counter
from collections.abc import Callable

import click

from rentomatic.checks import Finding, Findings, Level, error, examine
from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import printable
from rentomatic_cli.examinations import machine

Load = Callable[[], Settings]
SUBJECT_WIDTH = 13
COUNTED = {Level.ERROR: "errors", Level.WARNING: "warnings", Level.OK: "ok"}


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.pass_obj
def doctor(load: Load, strict: bool) -> None:
    """Examine this installation, and say how to mend what is wrong; exit with 1 for errors."""
    counts: Counter[Level] = Counter()
    for finding in findings(load):
        counts[finding.level] += 1
        click.echo(line(finding))
    click.echo(", ".join(f"{name} {counts[level]}" for level, name in COUNTED.items()))
    if counts[Level.ERROR] or (strict and counts[Level.WARNING]):
        raise SystemExit(1)


def findings(load: Load) -> Findings:
    """Yield everything that is found; without settings, that is what needs none."""
    yield from machine.examine()
    try:
        settings = load()
    except InvalidRequest as failure:
        for name, message in failure.problems:
            remedy = f"Correct {name}: docs/settings.md describes it"
            yield error("configuration", f"{name}: {message}", remedy)
    else:
        yield from examine(settings)


def line(finding: Finding) -> str:
    """Return a finding as a line for people."""
    level, subject, message, remedy = finding
    end = f". Remedy: {remedy}" if remedy else ""
    return printable(f"{level:7}  {subject:{SUBJECT_WIDTH}}  {message.rstrip('.?')}{end}")
