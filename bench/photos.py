"""A camera's picture made small, against pyvips where it is installed (it is no part of the project), else against Pillow as one
would write it first: opened and made a thumbnail of."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec

from PIL import Image

from office.pictures import FULL, read_picture

PEER, LIMIT = ("pyvips", 1.5) if find_spec("pyvips") else ("Pillow 直接缩小", 0.7)


@cache
def photo() -> bytes:
    """Twelve megapixels with slow changes and some grain, as a phone saves them."""
    slow = Image.radial_gradient("L").resize((4000, 3000))
    colours = Image.merge("RGB", (slow, slow.rotate(90), slow.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    grain = Image.effect_noise((4000, 3000), 20)
    output = io.BytesIO()
    Image.blend(colours, Image.merge("RGB", (grain, grain, grain)), 0.3).save(output, "JPEG", quality=88)
    return output.getvalue()


def made_small() -> Callable[[], object]:
    return partial(read_picture, photo())


def made_small_by_peer() -> Callable[[], object]:
    content = photo()

    def by_vips() -> object:
        import pyvips  # type: ignore[import-not-found]

        return pyvips.Image.thumbnail_buffer(content, FULL, size="down").jpegsave_buffer(Q=80, keep=0)

    def by_hand() -> None:
        image = Image.open(io.BytesIO(content))
        image.thumbnail((FULL, FULL))
        image.save(io.BytesIO(), "JPEG")

    return by_vips if PEER == "pyvips" else by_hand
