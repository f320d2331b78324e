"""Images that tests upload."""

from io import BytesIO
from typing import Any

from PIL import ExifTags, Image


def picture(width: int = 40, height: int = 20) -> Image.Image:
    """Return an image whose left half is red, and whose right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> BytesIO:
    file = BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def exif(orientation: int = 1) -> Image.Exif:
    """Return metadata of a camera with a position."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "Camera of ann"
    tags.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (50.0, 3.0, 41.0)})
    return tags
