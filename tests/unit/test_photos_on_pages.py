"""Photos on pages: their URLs, and those that the Content-Security-Policy allows."""

import pytest

from rentomatic.domain.fields import Photo
from rentomatic_web.pages.photos import photo_url, visible

KEPT: Photo = {"url": f"/photos/{'a' * 64}.webp"}


def test_a_photo_that_is_kept_here_has_a_small_size() -> None:
    elsewhere: Photo = {"url": "https://a.example/b.webp"}

    assert photo_url(KEPT) == KEPT["url"]
    assert photo_url(KEPT, small=True) == f"/photos/{'a' * 64}-480.webp"
    assert photo_url(elsewhere, small=True) == photo_url(elsewhere) == elsewhere["url"]


@pytest.mark.parametrize(
    ("url", "is_visible"),
    [
        (KEPT["url"], True),
        ("https://a.example/x.jpg", True),
        ("https://A.example:443/x.jpg", True),
        ("https://a.example:8443/x.jpg", False),
        ("https://b.a.example/x.jpg", False),
        ("https://c.b.example/x.jpg", True),
        ("https://d.c.b.example/x.jpg", True),
        ("https://b.example/x.jpg", False),
        ("https://cb.example/x.jpg", False),
        ("https://evil.example/a.example", False),
        ("https://a.example@evil.example/", False),
    ],
)
def test_photos_of_other_hosts_are_left_out(url: str, is_visible: bool) -> None:
    photo: Photo = {"url": url}

    assert visible([photo], ("a.example", "*.b.example")) == ([photo] if is_visible else [])
