"""The land of the npm package world-atlas: rings of longitudes and latitudes, from TopoJSON."""

import hashlib
import json
import tarfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from tools.land.rings import Ring

# As package-lock.json would name it: https://w3c.github.io/webappsec-subresource-integrity/
INTEGRITY = (
    "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjg"
    "E/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ=="
)


def read_package(file: Path) -> tuple[list[Ring], str]:
    """Return the rings of the land in the scale 1:10,000,000, and the licence."""
    digest = b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise ValueError(f"{file}: must be the file of world-atlas 2.0.2, {INTEGRITY}")
    with tarfile.open(file) as package:
        topology = json.loads(_read(package, "land-10m.json"))
        return decode(topology), _read(package, "LICENSE").decode()


def _read(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(f"package/{name}")
    assert member
    return member.read()


def decode(topology: dict[str, Any]) -> list[Ring]:
    """Return the rings of the object `land`, outer and inner; the last point is the first.

    https://github.com/topojson/topojson-specification, section 2.1.4
    """
    arcs = [_points(arc, topology["transform"]) for arc in topology["arcs"]]
    return [
        _join([arcs[each] if each >= 0 else arcs[~each][::-1] for each in indexes])
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
        for indexes in polygon
    ]


def _points(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """Return the points of a quantized arc, each of which is relative to the one before."""
    (x_scale, y_scale), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for across, up in arc:
        x, y = x + across, y + up
        points.append((x * x_scale + west, y * y_scale + south))
    return points


def _join(arcs: list[Ring]) -> Ring:
    return [point for arc in arcs for point in arc[:-1]] + arcs[0][:1]
