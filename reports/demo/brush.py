"""A brush for drawn pictures: rooms, tables, cups, toys, hands. It draws each a little differently every time."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageDraw

WIDE, HIGH = 1280, 960  # drawn twice as large as it is kept: edges come out smooth
Colour = tuple[int, int, int]
WALLS: tuple[Colour, ...] = ((238, 224, 200), (226, 230, 214), (240, 214, 196), (214, 224, 228), (232, 216, 178), (222, 208, 204))
FLOORS: tuple[Colour, ...] = ((172, 128, 92), (150, 142, 132), (188, 152, 110), (134, 110, 92), (164, 152, 120))
WOODS: tuple[Colour, ...] = ((181, 122, 73), (149, 96, 58), (201, 151, 98), (126, 84, 60), (214, 178, 132))
CLOTHS: tuple[Colour, ...] = ((196, 74, 62), (64, 112, 150), (222, 164, 62), (92, 138, 92), (206, 124, 142), (112, 96, 148), (60, 140, 140))
SKINS: tuple[Colour, ...] = ((232, 190, 156), (216, 170, 134), (240, 204, 174))


def shade(colour: Colour, share: float) -> Colour:
    red, green, blue = (max(0, min(255, round(value * share))) for value in colour)
    return red, green, blue


class Brush:
    """Draws things one meets in a home, somewhere around a point."""

    def __init__(self, image: Image.Image, rng: Random) -> None:
        self.pen, self.rng = ImageDraw.Draw(image), rng
        self.cloth = rng.choice(CLOTHS)

    def near(self, x: int, y: int, by: int = 60) -> tuple[int, int]:
        return x + self.rng.randint(-by, by), y + self.rng.randint(-by, by)

    # --- rooms ---

    def floor(self) -> int:
        """The floor's upper edge."""
        top, colour = self.rng.randint(430, 600), self.rng.choice(FLOORS)
        self.pen.rectangle((0, top, WIDE, HIGH), fill=colour)
        for line in range(top + 50, HIGH, 90):
            self.pen.line((0, line, WIDE, line + self.rng.randint(-14, 14)), fill=shade(colour, 0.9), width=5)
        self.pen.rectangle((0, top - 16, WIDE, top), fill=shade(colour, 0.72))
        return top

    def window(self) -> None:
        left, top, wide = self.rng.randint(40, 900), self.rng.randint(30, 110), self.rng.randint(220, 330)
        box = (left, top, left + wide, top + 280)
        self.pen.rectangle(box, fill=self.rng.choice(((196, 222, 232), (216, 228, 200), (236, 232, 206))), outline=(122, 88, 62), width=16)
        self.pen.line((left + wide // 2, top, left + wide // 2, top + 280), fill=(122, 88, 62), width=10)
        self.pen.polygon((left + 14, top + 264, left + wide // 3, top + 130, left + wide - 14, top + 264), fill=(142, 170, 132))

    def poster(self) -> None:
        left, top = self.rng.randint(60, 1000), self.rng.randint(40, 160)
        self.pen.rectangle((left, top, left + 190, top + 240), fill=(250, 246, 232), outline=(200, 180, 150), width=6)
        for row in range(3):
            self.pen.ellipse((left + 24, top + 22 + row * 70, left + 76, top + 74 + row * 70), fill=self.rng.choice(CLOTHS))
            self.pen.line((left + 94, top + 48 + row * 70, left + 166, top + 48 + row * 70), fill=(150, 132, 110), width=9)

    def room(self) -> int:
        top = self.floor()
        self.rng.choice((self.window, self.poster, self.window, lambda: None))()
        return top

    def table(self) -> int:
        """A table seen from above its edge; returns where its top begins."""
        self.room()
        top, colour = self.rng.randint(400, 500), self.rng.choice(WOODS)
        inset = self.rng.randint(0, 170)
        self.pen.polygon((inset, top, WIDE - inset, top, WIDE, HIGH - 60, 0, HIGH - 60), fill=colour)
        for share in (0.3, 0.6):
            height = round(top + (HIGH - top) * share)
            self.pen.line((0, height, WIDE, height + self.rng.randint(-20, 20)), fill=shade(colour, 0.93), width=6)
        self.pen.rectangle((0, HIGH - 60, WIDE, HIGH), fill=shade(colour, 0.7))
        return top

    # --- things ---

    def shadow(self, x: int, y: int, wide: int) -> None:
        self.pen.ellipse((x - wide, y - wide // 5, x + wide, y + wide // 4), fill=(104, 76, 54))

    def cup(self, x: int, y: int) -> None:
        colour, wide, high = self.rng.choice(CLOTHS), self.rng.randint(54, 74), self.rng.randint(110, 160)
        self.shadow(x, y, wide)
        self.pen.arc((x + wide - 30, y - high + 20, x + wide + 50, y - 20), 250, 110, fill=colour, width=18)
        self.pen.rounded_rectangle((x - wide, y - high, x + wide, y), 22, fill=colour)
        self.pen.ellipse((x - wide, y - high - 20, x + wide, y - high + 24), fill=shade(colour, 1.25))
        self.pen.ellipse((x - wide + 12, y - high - 12, x + wide - 12, y - high + 16), fill=shade(colour, 0.6))

    def bowl(self, x: int, y: int, *, inside: Colour = (246, 236, 214)) -> None:
        colour, wide = self.rng.choice(CLOTHS), self.rng.randint(110, 150)
        self.shadow(x, y + 60, wide)
        self.pen.chord((x - wide, y - 110, x + wide, y + 80), 0, 180, fill=colour)
        self.pen.ellipse((x - wide, y - 62, x + wide, y + 34), fill=shade(colour, 1.2))
        self.pen.ellipse((x - wide + 16, y - 50, x + wide - 16, y + 24), fill=inside)

    def corn(self, x: int, y: int, spread: int, count: int) -> None:
        for _ in range(count):
            place = self.near(x, y, spread)
            self.pen.ellipse((place[0], place[1], place[0] + 26, place[1] + 20), fill=(236, 184, 60), outline=(190, 136, 30), width=3)

    def ball(self, x: int, y: int, radius: int) -> None:
        colour, other = self.rng.sample(CLOTHS, k=2)
        self.shadow(x, y + radius - 8, radius)
        self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        turn = self.rng.randint(0, 180)
        for start in (0, 120, 240):
            self.pen.pieslice((x - radius, y - radius, x + radius, y + radius), turn + start, turn + start + 50, fill=other)
        self.pen.ellipse((x - radius // 2, y - radius * 3 // 4, x - radius // 8, y - radius // 3), fill=shade(colour, 1.5))

    def block(self, x: int, y: int, side: int) -> None:
        colour = self.rng.choice(CLOTHS)
        self.pen.polygon((x, y - side, x + 36, y - side - 32, x + side + 36, y - side - 32, x + side, y - side), fill=shade(colour, 1.3))
        self.pen.polygon((x + side, y - side, x + side + 36, y - side - 32, x + side + 36, y - 32, x + side, y), fill=shade(colour, 0.7))
        self.pen.rectangle((x, y - side, x + side, y), fill=colour)

    def card(self, x: int, y: int) -> None:
        """A picture card: a shape on white."""
        wide, high, colour = 170, 220, self.rng.choice(CLOTHS)
        self.pen.rounded_rectangle((x + 8, y + 10, x + wide + 8, y + high + 10), 16, fill=(120, 90, 66))
        self.pen.rounded_rectangle((x, y, x + wide, y + high), 16, fill=(252, 248, 238))
        inner = (x + 36, y + 50, x + wide - 36, y + 148)
        shape = self.rng.randrange(4)
        if shape == 0:
            self.pen.ellipse(inner, fill=colour)
        elif shape == 1:
            self.pen.rectangle(inner, fill=colour)
        elif shape == 2:
            self.pen.polygon((inner[0], inner[3], (inner[0] + inner[2]) // 2, inner[1], inner[2], inner[3]), fill=colour)
        else:
            self.pen.regular_polygon(((inner[0] + inner[2]) // 2, (inner[1] + inner[3]) // 2, 52), 6, fill=colour)
        self.pen.line((x + 44, y + 186, x + wide - 44, y + 186), fill=(150, 132, 110), width=9)

    def hand(self, x: int, y: int, *, angle: float, size: float = 1.0) -> None:
        """A sleeve, a palm and five fingers, pointing at `angle`; drawn, as in a picture book."""
        skin = self.rng.choice(SKINS)
        ahead, side = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

        def at(along: float, across: float) -> tuple[float, float]:
            return x + size * (along * ahead[0] + across * side[0]), y + size * (along * ahead[1] + across * side[1])

        def limb(start: tuple[float, float], end: tuple[float, float], wide: float, colour: Colour) -> None:
            self.pen.line((*start, *end), fill=colour, width=round(wide * size))
            for dot in (start, end):
                half = wide * size / 2
                self.pen.ellipse((dot[0] - half, dot[1] - half, dot[0] + half, dot[1] + half), fill=colour)

        limb(at(-620, 0), at(-170, 0), 150, self.cloth)
        limb(at(-180, 0), at(-20, 0), 108, skin)
        for across, reach in ((-66, 120), (-24, 158), (20, 156), (62, 124)):
            limb(at(0, across * 0.8), at(reach, across * 1.25), 42, shade(skin, 0.97))
        limb(at(-60, 64), at(40, 140), 44, shade(skin, 0.94))
        limb(at(-40, -22), at(-40, 26), 132, skin)

    def bear(self, x: int, y: int) -> None:
        fur = self.rng.choice(((176, 124, 82), (206, 168, 120), (150, 130, 120)))
        ears_and_head, body = ((-52, -120, 30), (52, -120, 30), (0, -70, 74)), ((0, 50, 92), (-90, 20, 34), (90, 20, 34))
        for dx, dy, radius in (*ears_and_head, *body, (-52, 130, 38), (52, 130, 38)):
            self.pen.ellipse((x + dx - radius, y + dy - radius, x + dx + radius, y + dy + radius), fill=fur)
        self.pen.ellipse((x - 30, y - 66, x + 30, y - 22), fill=shade(fur, 1.3))
        for dx in (-28, 28):
            self.pen.ellipse((x + dx - 8, y - 92, x + dx + 8, y - 76), fill=(50, 40, 36))

    def quilt(self, left: int, top: int, right: int, bottom: int) -> None:
        colour, other = self.rng.sample(CLOTHS, k=2)
        self.pen.rounded_rectangle((left, top, right, bottom), 40, fill=colour)
        step = self.rng.choice((90, 110, 130))
        for x in range(left + 40, right - 50, step):
            for y in range(top + 34, bottom - 50, step):
                self.pen.ellipse((x, y, x + 40, y + 40), fill=other if (x + y) // step % 2 else shade(colour, 1.25))
