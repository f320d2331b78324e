"""The commands of backups."""

from pathlib import Path

from click.testing import CliRunner, Result

from rentomatic_cli import main


def run(environ: dict[str, str], *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, env=environ, input=text)


def done(environ: dict[str, str], *arguments: str) -> str:
    result = run(environ, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def backup(environ: dict[str, str], *arguments: str) -> Path:
    """Make a backup, and return its file."""
    return Path(done(environ, "backup", *arguments).split(": ")[0].removeprefix("Backed up "))
