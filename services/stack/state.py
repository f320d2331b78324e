"""Where the stack keeps everything that it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The kernel takes this many bytes; supervisor adds its process id to its socket for a moment.
LONGEST_PATH = 107
LONGEST_NAME = "supervisor.sock.4194304"


@dataclass(frozen=True)
class State:
    """The folders of one stack under one folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The embedded database."""
        return self.folder / "postgres"

    @property
    def run(self) -> Path:
        """Sockets and rendered configuration: whoever may enter may do everything."""
        return self.folder / "run"

    @property
    def gunicorn(self) -> Path:
        """The socket between Nginx and gunicorn, there from when gunicorn listens."""
        return self.run / "gunicorn.sock"

    @property
    def workers(self) -> Path:
        """A file for each process of gunicorn that serves, named by its process id."""
        return self.run / "workers"

    @property
    def patience(self) -> Path:
        """The seconds that a stop of the stack that runs may take."""
        return self.run / "patience"

    @property
    def draining(self) -> Path:
        """Is there from when the stack is told to stop: it answers still, and is not ready."""
        return self.run / "draining"

    @property
    def metrics(self) -> Path:
        """The socket on which gunicorn answers with its metrics, by default."""
        return self.run / "metrics.sock"

    @property
    def secret_key(self) -> Path:
        """What signs the sessions of visitors, where no setting does."""
        return self.folder / "secret-key"

    @property
    def log(self) -> Path:
        """What has no terminal to go to."""
        return self.folder / "log"


def from_environment(environ: Mapping[str, str]) -> State:
    """Return the state of this checkout, or of the folder that RENTOMATIC_STATE names."""
    state = State(ROOT / (environ.get("RENTOMATIC_STATE") or ".state"))
    excess = len(bytes(state.run / LONGEST_NAME)) - LONGEST_PATH
    if excess > 0:
        raise SystemExit(
            f"RENTOMATIC_STATE: {state.folder} is {excess} bytes too long for unix sockets; "
            "name a folder with a shorter path"
        )
    return state


def prepare(state: State) -> None:
    """Make the folders, which only their owner may enter: locks, sockets and logs are in them."""
    try:
        for folder in (state.folder, state.run, state.log):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        message = f"RENTOMATIC_STATE: {state.folder} cannot be used ({error.strerror})"
        raise SystemExit(message) from None
