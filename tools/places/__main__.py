"""The command line of `just places`."""

import sys
from pathlib import Path

from rentomatic_places.database import PATH
from tools.places.file import write
from tools.places.tables import tables

if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else PATH, tables())
