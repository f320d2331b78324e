"""Uploaded images, decoded within bounds and encoded as WebP without metadata."""

import struct
import warnings
from contextlib import suppress
from io import BytesIO
from typing import IO, NamedTuple

from PIL import ExifTags, Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile

from rentomatic.errors import InvalidRequest, Problem

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MEDIA_TYPES = tuple(f"image/{name.lower()}" for name in FORMATS)

# A JPEG is decoded at a fraction of its size. At these limits, a photo takes up to 1.5 s of CPU
# time, and 340 MiB (progressive JPEG) or 420 MiB (WebP) of memory.
MAX_JPEG_PIXELS = 50_000_000
MAX_PIXELS = 25_000_000

# Pixels in width and height, at most.
LARGE = 1600
SMALL = 480
QUALITY = 80

# Pillow raises these for damaged files, depending on the format.
DAMAGE = (
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# By the value of the EXIF tag Orientation; 1 is upright.
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Encoded(NamedTuple):
    """A photo as WebP, in two sizes."""

    large: bytes
    small: bytes


def encode(file: IO[bytes]) -> Encoded:
    """Encode an uploaded JPEG, PNG, WebP or AVIF; of an animation, its first frame.

    The result is upright, in sRGB, on white where the image is transparent, and has no metadata.
    Raises InvalidRequest, with the parameter `photo`, for other files and for too many pixels.
    """
    image = _decode(file)
    return Encoded(*(_to_webp(image, pixels) for pixels in (LARGE, SMALL)))


def _decode(file: IO[bytes]) -> Image.Image:
    """Return the image in RGB, at most LARGE pixels wide and high."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata, which is dropped
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _check_size(image)
                return _upright(image)
    except BOMB:
        raise _invalid(_too_many(MAX_PIXELS)) from None
    except DAMAGE:
        message = "must be a complete image in the format JPEG, PNG, WebP or AVIF"
        raise _invalid(message) from None


def _check_size(image: Image.Image) -> None:
    """Raise InvalidRequest if the image has too many pixels, which are not decoded yet."""
    limit = MAX_JPEG_PIXELS if isinstance(image, JpegImageFile) else MAX_PIXELS
    if image.width * image.height > limit:
        raise _invalid(_too_many(limit))


def _upright(image: Image.Image) -> Image.Image:
    orientation = _orientation(image)
    image.draft(None, (LARGE, LARGE))  # a JPEG is decoded at up to an eighth of its size
    image = _resizable(image)
    image.thumbnail((LARGE, LARGE), reducing_gap=2.0)
    image = _to_srgb(_on_white(image))
    if orientation in TRANSPOSITIONS:
        image = image.transpose(TRANSPOSITIONS[orientation])
    return image


def _orientation(image: Image.Image) -> object:
    with suppress(*DAMAGE):  # an image with damaged metadata is accepted
        return image.getexif().get(ExifTags.Base.Orientation)
    return None


def _resizable(image: Image.Image) -> Image.Image:
    """Convert the modes of PNG that cannot be resized smoothly."""
    if image.mode.startswith("I"):  # 16 bits, which convert() would clip to 8 bits
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    background = Image.new("RGBA", image.size, "white")
    background.alpha_composite(image.convert("RGBA"))
    background.info = image.info
    return background.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    if profile := image.info.get("icc_profile"):
        with suppress(ImageCms.PyCMSError):  # of a damaged profile, or for another mode
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB")
            return converted or image
    return image.convert("RGB")


def _to_webp(image: Image.Image, pixels: int) -> bytes:
    # Of a copy, since thumbnail() changes the image; Pillow writes metadata only if asked to.
    copy = image.copy()
    copy.thumbnail((pixels, pixels))
    file = BytesIO()
    copy.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _too_many(pixels: int) -> str:
    return f"must have at most {pixels:,} pixels"


def _invalid(message: str) -> InvalidRequest:
    return InvalidRequest([Problem("photo", message)])
