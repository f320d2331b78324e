"""Drawn pictures of rooms, for the screenshots."""

from random import Random

WALLS = ("#e9ddcf", "#d6e2e9", "#dfe7d3", "#f0d9d0", "#e2dbec", "#ece4c8")
FLOORS = ("#b98b5e", "#a07f63", "#c9a57b", "#8d8173")
FABRICS = ("#3d6a9e", "#b4533f", "#4f7a57", "#7a5a8c", "#c08a2b", "#46707a")
SKIES = ("#bfe3f7", "#f6d9a8", "#cfd8e6")


def room_picture(number: int) -> str:
    """Return an SVG image of a room with a window, a bed, a lamp and a picture on the wall."""
    dice = Random(number)  # noqa: S311 (reproducible pictures)
    wall, floor, fabric, sky = (dice.choice(each) for each in (WALLS, FLOORS, FABRICS, SKIES))
    window, bed = dice.randrange(30, 260), dice.randrange(20, 200)
    lamp, frame = (bed + 290) % 440 + 15, (window + 190) % 400 + 20
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320">
<rect width="480" height="230" fill="{wall}"/>
<rect y="230" width="480" height="90" fill="{floor}"/>
<rect y="226" width="480" height="6" fill="#fff" opacity=".7"/>
<g transform="translate({window} 40)">
<rect width="120" height="110" fill="{sky}"/>
<path d="M0 0h120v110H0zM60 0v110M0 55h120" fill="none" stroke="#fff" stroke-width="6"/></g>
<g stroke="#fff" stroke-width="4" opacity=".6">
<rect x="{frame}" y="60" width="50" height="60" fill="{fabric}"/></g>
<g transform="translate({bed} 160)"><rect x="-6" width="12" height="120" rx="4" fill="#6b4a32"/>
<rect y="50" width="230" height="60" rx="10" fill="#faf7f2"/>
<rect x="70" y="46" width="165" height="66" rx="10" fill="{fabric}"/>
<rect x="10" y="30" width="58" height="30" rx="12" fill="#fff"/></g>
<g transform="translate({lamp} 110)">
<path d="M0 40v140M-16 180h32" stroke="#444" stroke-width="5"/>
<path d="M-14 0h28l14 40h-56z" fill="#ffe9ad"/></g>
</svg>"""
