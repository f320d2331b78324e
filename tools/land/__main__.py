"""`just land FILE`: derive the land of the maps from the npm package world-atlas."""

import sys
from pathlib import Path

from rentomatic_web.land.tiles import FILE
from tools.land.atlas import read_package
from tools.land.pack import pack
from tools.land.pyramid import tiles_of
from tools.land.rings import project

NOTICE = """\
land.tiles is derived by tools/land from land-10m.json of the npm package world-atlas 2.0.2.

The data is made with Natural Earth (https://www.naturalearthdata.com) and is in the public domain.
The licence of world-atlas:

"""


def main() -> None:
    try:
        rings, licence = read_package(Path(sys.argv[1]))
    except (OSError, ValueError) as error:
        raise SystemExit(f"land: {error}") from None
    FILE.write_bytes(pack(tiles_of([project(ring) for ring in rings])))
    FILE.with_name("LICENSE").write_text(NOTICE + licence, encoding="utf-8")


if __name__ == "__main__":
    main()
