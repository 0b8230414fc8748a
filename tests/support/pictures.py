"""What a picture of a page shows: where its marks are."""

import io

from PIL import Image, ImageChops

RED = (224, 0, 36)


def image_of(png: bytes) -> Image.Image:
    """The picture in memory."""
    return Image.open(io.BytesIO(png)).convert("RGB")


def red_box(png: bytes) -> tuple[int, int, int, int] | None:
    """The box around all that has the colour of a mark (left, top, right, bottom); None where nothing has."""
    image = image_of(png)
    return ImageChops.difference(image, Image.new("RGB", image.size, RED)).convert("L").point(_alike).getbbox()


def _alike(difference: float) -> float:
    return 255 if difference == 0 else 0
