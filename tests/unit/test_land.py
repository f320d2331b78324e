"""The land of the maps: the file, its tiles, and the tool that derives them."""

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise, product
from math import asinh, floor, pi, radians, tan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.conditions import Box
from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.land.tiles import FILE, LEVELS, MARGIN, UNITS, VERSION_BYTES, Land, land
from rentomatic_web.pages.map.land import land_in
from rentomatic_web.pages.map.view import HEIGHT, WIDTH, View, view_of
from tests.apps import client_of
from tools.land.atlas import decode, read_package
from tools.land.pack import pack
from tools.land.pyramid import tiles_of
from tools.land.rings import Ring, clip, project, simplify

MAX_FILE_BYTES = 1_500_000
MAX_VIEW_BYTES = 40_000  # before compression
KRAKOW = (19.94, 50.06)
ON_LAND = {
    "Kraków": KRAKOW,
    "Nairobi": (36.82, -1.29),
    "Fiji": (178.0, -17.8),
    "Chukotka, west of the antimeridian": (179.0, 66.5),
    "Chukotka, east of the antimeridian": (-179.0, 66.5),
    "Antarctica": (0.0, -80.0),
    "Antarctica, at the antimeridian": (180.0, -84.9),
    "Svalbard": (16.5, 78.5),
}
AT_SEA = {
    "the Atlantic": (-35.0, 30.0),
    "the Pacific at the antimeridian": (180.0, 0.0),
    "the Caspian Sea": (50.5, 41.5),
    "the Baltic Sea": (19.5, 58.5),
    "the North Pole": (0.0, 85.0),
}


SMALL = ("Fiji", "Svalbard")  # islands that maps of the world leave out


def rings_of(path: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the points of each ring of a path."""
    x = y = 0
    for text in re.findall(r"m([^z]*)z", path):
        numbers = [int(each) for each in re.findall(r"-?\d+", text)]
        points = []
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            points.append((x, y))
        yield points
        x, y = points[0]


def is_in(x: float, y: float, rings: list[list[tuple[int, int]]]) -> bool:
    """Count the edges to the east of a point: an odd number if it is inside."""
    edges = [edge for ring in rings for edge in pairwise([*ring, ring[0]])]
    crossed = [
        (left, top, right, bottom)
        for (left, top), (right, bottom) in edges
        if (top > y) != (bottom > y)
    ]
    return sum(a + (y - b) / (d - b) * (c - a) > x for a, b, c, d in crossed) % 2 == 1


def is_land(longitude: float, latitude: float, level: int) -> bool:
    tiles = 1 << level
    x = (longitude / 360 + 0.5) % 1 * tiles
    y = (0.5 - asinh(tan(radians(latitude))) / (2 * pi)) * tiles
    row, column = floor(y), floor(x)
    path = land().path(level, row, column)
    return is_in((x - column) * UNITS, (y - row) * UNITS, list(rings_of(path)))


@pytest.mark.parametrize("level", LEVELS)
def test_towns_are_on_land_and_seas_are_not(level: int) -> None:
    shown = [name for name in ON_LAND if level > 1 or name not in SMALL]

    assert [name for name in shown if not is_land(*ON_LAND[name], level)] == []
    assert [name for name, point in AT_SEA.items() if is_land(*point, level)] == []


def test_the_land_of_a_tile_is_inside_its_edges() -> None:
    reach = (-MARGIN, UNITS + MARGIN)
    for level in LEVELS[:3]:
        last = (1 << level) - 1
        for row, column in product(range(last + 1), repeat=2):
            points = [each for ring in rings_of(land().path(level, row, column)) for each in ring]
            across = {x for x, _ in points} or {0}
            down = {y for _, y in points} or {0}
            assert reach[0] <= min(across) <= max(across) <= reach[1]
            assert reach[0] <= min(down)
            assert max(down) <= reach[1] or row == last


def test_the_file_is_small_and_has_the_version_of_its_content() -> None:
    data = FILE.read_bytes()

    assert len(data) < MAX_FILE_BYTES
    assert hashlib.sha256(data[VERSION_BYTES:]).hexdigest().startswith(land().version)
    assert "Natural Earth" in FILE.with_name("LICENSE").read_text(encoding="utf-8")


views = st.builds(
    View,
    st.floats(-0.5, 0.5),
    st.floats(-0.5, 0.5),
    st.floats(-10, 0).map(lambda power: 2**power),
)


@given(views)
def test_the_land_in_a_view_is_small_and_covers_it(view: View) -> None:
    drawn = land_in(view)
    size = UNITS * drawn.scale

    assert sum(len(path) for *_, path in drawn.paths) < MAX_VIEW_BYTES
    for x, y, _ in drawn.paths:
        assert -size < drawn.x + x * drawn.scale <= WIDTH
        assert -size < drawn.y + y * drawn.scale or view.y - view.height / 2 < -0.5
        assert drawn.y + y * drawn.scale <= HEIGHT


def test_a_point_is_where_the_map_has_its_land() -> None:
    for name, (longitude, latitude) in {**ON_LAND, **AT_SEA}.items():
        for width in (0.1, 0.005):
            around = Box(longitude, latitude, longitude, latitude)
            view = view_of(around).zoomed(width / view_of(around).width)
            x, y = view.project(longitude, latitude)
            drawn = land_in(view)
            units = ((x - drawn.x) / drawn.scale, (y - drawn.y) / drawn.scale)
            hits = [
                is_in(units[0] - right, units[1] - down, list(rings_of(path)))
                for right, down, path in drawn.paths
            ]
            assert any(hits) == (name in ON_LAND), name


def test_map_js_reads_the_tiles_under_their_version() -> None:
    client = client_of(MemoryRooms())
    answer = client.get(f"/static/land/{land().version}/7/43/71.json")

    assert answer.json == land().path(7, 43, 71)
    assert "immutable" in answer.headers["Cache-Control"]
    for path in ("0000/7/43/71", f"{land().version}/6/0/0", f"{land().version}/1/2/0"):
        missing = client.get(f"/static/land/{path}.json")
        assert missing.status_code == 404
        assert missing.headers["Cache-Control"] == "no-store"


# The tool.

SQUARE: Ring = [(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]


def test_arcs_are_joined_and_reversed() -> None:
    topology = {
        "transform": {"scale": [0.5, 2], "translate": [-180, -90]},
        "arcs": [[[0, 0], [4, 0], [0, 1]], [[0, 0], [0, 1], [4, 0]]],
        "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0, -2]]]}]}},
    }

    corners = [(-180, -90), (-178, -90), (-178, -88), (-180, -88), (-180, -90)]
    assert decode(topology) == [corners]


def test_another_package_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "world-atlas.tgz"
    file.write_bytes(b"")

    with pytest.raises(ValueError, match=r"must be the file of world-atlas 2\.0\.2"):
        read_package(file)


def test_an_island_on_the_antimeridian_is_in_one_piece_on_both_sides() -> None:
    island = [(179.0, 1.0), (-179.0, 1.0), (-179.0, -1.0), (179.0, -1.0), (179.0, 1.0)]
    tiles = tiles_of([project(island)])

    assert max(x for x, _ in project(island)) - min(x for x, _ in project(island)) < 0.01
    assert {column for level, _, column in tiles if level == 3} == {0, 7}


def test_land_around_the_south_pole_is_closed_in_the_south() -> None:
    coast = [(longitude, -70.0) for longitude in range(-180, 181, 10)]
    tiles = tiles_of([project([*coast[:-1], coast[0]])])

    assert {column for level, row, column in tiles if (level, row) == (3, 7)} == {*range(8)}
    for column in range(8):
        (ring,) = rings_of(tiles[3, 7, column])
        assert is_in(UNITS / 2, UNITS * 2, [ring])


def test_simplified_rings_keep_what_is_larger_than_the_tolerance() -> None:
    ring = [(0.0, 0.5), (0.1, 0.5001), (0.2, 0.5), (0.2, 0.6), (0.1, 0.7), (0.0, 0.6), (0.0, 0.5)]

    assert simplify(ring, 0.001) == [each for each in ring if each != (0.1, 0.5001)]
    assert simplify(ring, 0.00001) == ring


points = st.tuples(st.floats(-20, 20), st.floats(-20, 20))


@given(st.lists(points, min_size=3, max_size=8), st.floats(-20, 20))
def test_a_clipped_ring_is_before_the_edge(
    corners: list[tuple[float, float]], edge: float
) -> None:
    for axis, sign in product((0, 1), (-1, 1)):
        part = clip([*corners, corners[0]], axis, edge, sign)
        assert all(each[axis] * sign <= edge * sign for each in part)
        assert not part or part[0] == part[-1]


def test_packed_tiles_are_read_as_they_were(tmp_path: Path) -> None:
    ring = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)]
    lake = [(0.3, 0.3), (0.3, 0.301), (0.301, 0.301), (0.301, 0.3), (0.3, 0.3)]
    tiles = tiles_of([ring, lake])
    file = tmp_path / "land.tiles"
    file.write_bytes(pack(tiles))
    packed = Land(file)

    assert pack(tiles) == file.read_bytes()
    for level in LEVELS:
        for row, column in product(range(1 << level), repeat=2):
            assert packed.path(level, row, column) == tiles.get((level, row, column), "")
    assert len(file.read_bytes()) < len("".join(tiles.values())) / 4
