"""Images that are uploaded: decoded within bounds, and encoded without metadata."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from rentomatic.errors import InvalidRequest
from rentomatic_web.photos import images
from rentomatic_web.photos.images import LARGE, SMALL, encode
from tests.photos import exif, file_of, picture

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
INCOMPLETE = "photo: must be a complete image in the format JPEG, PNG, WebP or AVIF"
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")


def opened(webp: bytes) -> Image.Image:
    image = Image.open(BytesIO(webp))
    assert image.format == "WEBP"
    return image


def large(file: BytesIO) -> Image.Image:
    return opened(encode(file).large)


def assert_colour(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> None:
    """Compare a pixel, allowing for lossy compression."""
    pixel = image.convert("RGB").getpixel(place)
    assert isinstance(pixel, tuple)
    assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40, pixel


@pytest.mark.parametrize("kind", FORMATS)
def test_a_photo_gets_two_sizes(kind: str) -> None:
    encoded = encode(file_of(picture(3200, 1600), kind))

    assert opened(encoded.large).size == (LARGE, LARGE // 2)
    assert opened(encoded.small).size == (SMALL, SMALL // 2)
    assert len(encoded.small) < len(encoded.large)
    for webp in encoded:
        width, height = opened(webp).size
        assert_colour(opened(webp), (width // 4, height // 2), RED)
        assert_colour(opened(webp), (width * 3 // 4, height // 2), BLUE)


def test_a_small_photo_is_not_enlarged() -> None:
    encoded = encode(file_of(picture(40, 20)))

    assert opened(encoded.large).size == opened(encoded.small).size == (40, 20)


def test_a_high_photo_fits_as_well() -> None:
    assert large(file_of(picture(100, 16_000))).size == (10, LARGE)


@pytest.mark.parametrize("kind", FORMATS)
def test_no_metadata_is_left(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = file_of(picture(), kind, exif=exif(), icc_profile=profile, comment=b"of ann")
    assert b"Camera of ann" in file.getvalue()

    for webp in encode(file):
        assert not opened(webp).getexif()
        assert not {"exif", "icc_profile", "xmp"} & opened(webp).info.keys()
        assert b"ann" not in webp
        assert {b"EXIF", b"ICCP", b"XMP "}.isdisjoint(webp[at : at + 4] for at in range(len(webp)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("orientation", "top_left", "bottom_right"),
    [
        (1, RED, BLUE),
        (2, BLUE, RED),
        (3, BLUE, RED),
        (4, RED, BLUE),
        (5, RED, BLUE),
        (6, RED, BLUE),
        (7, BLUE, RED),
        (8, BLUE, RED),
    ],
)
def test_a_photo_is_upright(
    kind: str,
    orientation: int,
    top_left: tuple[int, ...],
    bottom_right: tuple[int, ...],
) -> None:
    image = large(file_of(picture(40, 20), kind, exif=exif(orientation)))

    assert image.size == ((40, 20) if orientation <= 4 else (20, 40))
    assert_colour(image, (3, 3), top_left)
    assert_colour(image, (image.width - 4, image.height - 4), bottom_right)


def test_damaged_metadata_does_not_matter() -> None:
    file = file_of(picture(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff")

    assert large(file).size == (40, 20)


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colour_spaces_of_jpeg_become_rgb(mode: str) -> None:
    image = large(file_of(picture().convert(mode)))

    assert image.mode == "RGB"
    assert_colour(image, (5, 10), RED if mode == "CMYK" else (76, 76, 76))


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "1"])
def test_other_modes_of_png_become_rgb(mode: str) -> None:
    image = large(file_of(picture().convert(mode), "PNG"))

    assert image.mode == "RGB"
    if mode in ("P", "RGBA"):
        assert_colour(image, (5, 10), RED)


@pytest.mark.parametrize(("value", "level"), [(0, 0), (0x8000, 128), (0xFFFF, 255)])
def test_16_bits_become_8(value: int, level: int) -> None:
    image = large(file_of(Image.new("I;16", (40, 20), value), "PNG"))

    assert_colour(image, (5, 10), (level, level, level))


def test_transparent_parts_become_white() -> None:
    image = picture()
    image.putalpha(0)
    palette = picture().convert("P")
    transparent = palette.getpixel((0, 0))

    assert_colour(large(file_of(image, "PNG")), (5, 10), WHITE)
    assert_colour(large(file_of(image, "WEBP")), (5, 10), WHITE)
    found = large(file_of(palette, "PNG", transparency=transparent))
    assert_colour(found, (5, 10), WHITE)
    assert_colour(found, (35, 10), BLUE)


def test_colours_are_converted_to_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"xXYZ").replace(b"gXYZ", b"rXYZ")
    swapped = swapped.replace(b"xXYZ", b"gXYZ")

    for kind in FORMATS:
        image = large(file_of(picture(), kind, icc_profile=swapped))
        assert_colour(image, (5, 10), GREEN)


@pytest.mark.parametrize("colour_space", ["LAB", None])
def test_an_unusable_profile_does_not_matter(colour_space: str | None) -> None:
    profile = b"damaged"
    if colour_space == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    assert_colour(large(file_of(picture(), icc_profile=profile)), (5, 10), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_an_animation_becomes_its_first_image(kind: str) -> None:
    others = [Image.new("RGB", (40, 20), "green")]
    file = file_of(picture(), kind, save_all=True, append_images=others)

    for webp in encode(file):
        assert getattr(opened(webp), "n_frames", 1) == 1
        assert_colour(opened(webp), (5, 10), RED)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_incomplete_file_is_refused(kind: str) -> None:
    whole = file_of(Image.effect_noise((200, 100), 90).convert("RGB"), kind).getvalue()

    for length in (0, 1, 12, len(whole) // 3, len(whole) * 9 // 10):
        with pytest.raises(InvalidRequest) as error:
            encode(BytesIO(whole[:length]))
        assert str(error.value) == INCOMPLETE


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "ICO", "PPM", "PDF", "JPEG2000"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        encode(file_of(picture(), kind))

    assert str(error.value) == INCOMPLETE


@pytest.mark.parametrize(
    "text", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"x"]
)
def test_texts_are_refused(text: bytes) -> None:
    with pytest.raises(InvalidRequest) as error:
        encode(BytesIO(text))

    assert str(error.value) == INCOMPLETE


def bomb(width: int, height: int) -> BytesIO:
    """Return a small PNG whose header names this size."""
    whole = file_of(picture(), "PNG").getvalue()
    header = b"IHDR" + struct.pack(">II", width, height) + whole[24:29]
    return BytesIO(whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:])


@pytest.mark.parametrize("size", [(5001, 5000), (10_000, 10_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidRequest) as error:
        encode(bomb(*size))

    assert str(error.value) == "photo: must have at most 25,000,000 pixels"


def test_a_jpeg_may_have_more_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 799)
    monkeypatch.setattr(images, "MAX_JPEG_PIXELS", 800)

    assert large(file_of(picture(40, 20))).size == (40, 20)
    with pytest.raises(InvalidRequest, match="photo: must have at most 800 pixels"):
        encode(file_of(picture(40, 21)))
    with pytest.raises(InvalidRequest, match="photo: must have at most 799 pixels"):
        encode(file_of(picture(40, 20), "WEBP"))


def test_a_photo_of_two_images_is_the_first() -> None:
    others = [Image.new("RGB", (40, 20), "green")]
    file = file_of(picture(), "MPO", save_all=True, append_images=others, exif=exif(3))

    assert_colour(large(file), (5, 10), BLUE)
