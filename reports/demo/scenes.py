"""Drawn pictures for the demo's visits: a table, a bed, a toy, a hand on a ball. Nobody is in them, and no two look alike."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw

WIDE, HIGH = 1280, 960  # drawn twice as large as it is kept: edges come out smooth
Colour = tuple[int, int, int]
WALLS: tuple[Colour, ...] = ((238, 224, 200), (226, 230, 214), (240, 214, 196), (214, 224, 228), (232, 216, 178), (222, 208, 204))
FLOORS: tuple[Colour, ...] = ((172, 128, 92), (150, 142, 132), (188, 152, 110), (134, 110, 92), (164, 152, 120))
WOODS: tuple[Colour, ...] = ((181, 122, 73), (149, 96, 58), (201, 151, 98), (126, 84, 60), (214, 178, 132))
CLOTHS: tuple[Colour, ...] = ((196, 74, 62), (64, 112, 150), (222, 164, 62), (92, 138, 92), (206, 124, 142), (112, 96, 148), (60, 140, 140))
SKINS: tuple[Colour, ...] = ((232, 190, 156), (216, 170, 134), (240, 204, 174))


DIM = Image.radial_gradient("L").point(lambda value: value * 3 // 5)


class Picture(NamedTuple):
    content: bytes
    caption: str


def draw_picture(rng: Random, *, about: str) -> Picture:
    """A picture that fits what was taught (`about` is the area's name), as a JPEG with its caption."""
    scene, captions = rng.choice(SCENES.get(about, SCENES["生活适应"]))
    image = Image.new("RGB", (WIDE, HIGH), rng.choice(WALLS))
    scene(Brush(image, rng))
    turned = image.reduce(2).rotate(rng.uniform(-4, 4), Image.Resampling.BILINEAR)
    lit = _lit(turned.crop((26, 22, turned.width - 26, turned.height - 22)), rng)
    output = io.BytesIO()
    lit.save(output, "JPEG", quality=82)
    return Picture(output.getvalue(), rng.choice(captions))


def _lit(image: Image.Image, rng: Random) -> Image.Image:
    """Light falls in from a window somewhere, and the rest lies in a warm shade."""
    wide, high = image.width + rng.randint(60, 420), image.height + rng.randint(60, 420)
    left, top = rng.randint(0, wide - image.width), rng.randint(0, high - image.height)
    spot = DIM.resize((wide, high), Image.Resampling.BILINEAR).crop((left, top, left + image.width, top + image.height))
    shade = Image.new("RGB", image.size, rng.choice(((92, 62, 40), (70, 66, 74), (110, 84, 44))))
    return Image.composite(shade, image, spot)


def _shade(colour: Colour, share: float) -> Colour:
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
            self.pen.line((0, line, WIDE, line + self.rng.randint(-14, 14)), fill=_shade(colour, 0.9), width=5)
        self.pen.rectangle((0, top - 16, WIDE, top), fill=_shade(colour, 0.72))
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
            self.pen.line((0, height, WIDE, height + self.rng.randint(-20, 20)), fill=_shade(colour, 0.93), width=6)
        self.pen.rectangle((0, HIGH - 60, WIDE, HIGH), fill=_shade(colour, 0.7))
        return top

    # --- things ---

    def shadow(self, x: int, y: int, wide: int) -> None:
        self.pen.ellipse((x - wide, y - wide // 5, x + wide, y + wide // 4), fill=(104, 76, 54))

    def cup(self, x: int, y: int) -> None:
        colour, wide, high = self.rng.choice(CLOTHS), self.rng.randint(54, 74), self.rng.randint(110, 160)
        self.shadow(x, y, wide)
        self.pen.arc((x + wide - 30, y - high + 20, x + wide + 50, y - 20), 250, 110, fill=colour, width=18)
        self.pen.rounded_rectangle((x - wide, y - high, x + wide, y), 22, fill=colour)
        self.pen.ellipse((x - wide, y - high - 20, x + wide, y - high + 24), fill=_shade(colour, 1.25))
        self.pen.ellipse((x - wide + 12, y - high - 12, x + wide - 12, y - high + 16), fill=_shade(colour, 0.6))

    def bowl(self, x: int, y: int, *, inside: Colour = (246, 236, 214)) -> None:
        colour, wide = self.rng.choice(CLOTHS), self.rng.randint(110, 150)
        self.shadow(x, y + 60, wide)
        self.pen.chord((x - wide, y - 110, x + wide, y + 80), 0, 180, fill=colour)
        self.pen.ellipse((x - wide, y - 62, x + wide, y + 34), fill=_shade(colour, 1.2))
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
        self.pen.ellipse((x - radius // 2, y - radius * 3 // 4, x - radius // 8, y - radius // 3), fill=_shade(colour, 1.5))

    def block(self, x: int, y: int, side: int) -> None:
        colour = self.rng.choice(CLOTHS)
        self.pen.polygon((x, y - side, x + 36, y - side - 32, x + side + 36, y - side - 32, x + side, y - side), fill=_shade(colour, 1.3))
        self.pen.polygon((x + side, y - side, x + side + 36, y - side - 32, x + side + 36, y - 32, x + side, y), fill=_shade(colour, 0.7))
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
            limb(at(0, across * 0.8), at(reach, across * 1.25), 42, _shade(skin, 0.97))
        limb(at(-60, 64), at(40, 140), 44, _shade(skin, 0.94))
        limb(at(-40, -22), at(-40, 26), 132, skin)

    def bear(self, x: int, y: int) -> None:
        fur = self.rng.choice(((176, 124, 82), (206, 168, 120), (150, 130, 120)))
        ears_and_head, body = ((-52, -120, 30), (52, -120, 30), (0, -70, 74)), ((0, 50, 92), (-90, 20, 34), (90, 20, 34))
        for dx, dy, radius in (*ears_and_head, *body, (-52, 130, 38), (52, 130, 38)):
            self.pen.ellipse((x + dx - radius, y + dy - radius, x + dx + radius, y + dy + radius), fill=fur)
        self.pen.ellipse((x - 30, y - 66, x + 30, y - 22), fill=_shade(fur, 1.3))
        for dx in (-28, 28):
            self.pen.ellipse((x + dx - 8, y - 92, x + dx + 8, y - 76), fill=(50, 40, 36))

    def quilt(self, left: int, top: int, right: int, bottom: int) -> None:
        colour, other = self.rng.sample(CLOTHS, k=2)
        self.pen.rounded_rectangle((left, top, right, bottom), 40, fill=colour)
        step = self.rng.choice((90, 110, 130))
        for x in range(left + 40, right - 50, step):
            for y in range(top + 34, bottom - 50, step):
                self.pen.ellipse((x, y, x + 40, y + 40), fill=other if (x + y) // step % 2 else _shade(colour, 1.25))


# --- Scenes -------------------------------------------------------------------------------------------


def _cups(brush: Brush) -> None:
    top = brush.table()
    for place in range(brush.rng.randint(2, 4)):
        brush.cup(*brush.near(260 + place * 260, top + 250, 70))


def _counting(brush: Brush) -> None:
    top = brush.table()
    x, y = brush.near(brush.rng.choice((420, 640, 860)), top + 200)
    brush.bowl(x, y)
    brush.corn(x, y - 18, 66, brush.rng.randint(3, 12))
    brush.corn(*brush.near(x + brush.rng.choice((-320, 320)), y + 130), 90, brush.rng.randint(4, 14))
    if brush.rng.random() < 0.6:
        brush.hand(x + brush.rng.randint(120, 260), y + 130, angle=-2.5 + brush.rng.uniform(-0.3, 0.3), size=0.8)


def _eating(brush: Brush) -> None:
    top = brush.table()
    x, y = brush.near(560, top + 230, 120)
    brush.bowl(x, y, inside=brush.rng.choice(((250, 246, 236), (232, 196, 120), (170, 190, 110))))
    brush.pen.line((x + 30, y - 20, x + 330, y - 190), fill=(170, 174, 178), width=26)
    brush.hand(x + 360, y - 190, angle=2.7 + brush.rng.uniform(-0.2, 0.2), size=0.75)
    brush.cup(*brush.near(x - 340, y + 20, 40))


def _ball(brush: Brush) -> None:
    brush.room()
    x, y, radius = *brush.near(620, 600, 150), brush.rng.randint(150, 220)
    brush.ball(x, y, radius)
    angle = brush.rng.choice((0.4, 2.6, -2.4)) + brush.rng.uniform(-0.3, 0.3)
    brush.hand(round(x - math.cos(angle) * radius * 0.8), round(y - math.sin(angle) * radius * 0.8), angle=angle, size=0.95)


def _bed(brush: Brush) -> None:
    top = brush.room()
    wood, left = brush.rng.choice(WOODS), brush.rng.randint(60, 200)
    brush.pen.rectangle((left, top - 130, left + 50, top + 330), fill=_shade(wood, 0.85))
    brush.pen.rectangle((left, top + 170, WIDE - 60, top + 260), fill=wood)
    brush.pen.rounded_rectangle((left + 40, top + 60, WIDE - 80, top + 190), 30, fill=(246, 240, 228))
    brush.pen.rounded_rectangle((left + 70, top - 30, left + 330, top + 90), 50, fill=brush.rng.choice(((250, 246, 240), (226, 232, 236))))
    brush.quilt(left + brush.rng.randint(330, 420), top - 10, WIDE - 70, top + 200)
    brush.rng.choice((lambda: brush.ball(left + 420, top - 20, 70), lambda: brush.bear(left + 450, top - 40), lambda: None))()


def _blocks(brush: Brush) -> None:
    top = brush.table()
    x, y, side = *brush.near(420, top + 340, 120), brush.rng.randint(90, 120)
    for level in range(brush.rng.randint(2, 4)):
        brush.block(x + brush.rng.randint(-14, 14), y - level * side, side)
    for place in range(brush.rng.randint(1, 4)):
        brush.block(x + 220 + place * (side + 50), y + brush.rng.randint(-90, 40), side)
    if brush.rng.random() < 0.5:
        brush.hand(x + 330, y - 160, angle=3.0 + brush.rng.uniform(-0.3, 0.3), size=0.75)


def _cards(brush: Brush) -> None:
    top = brush.table()
    for place in range(brush.rng.randint(3, 5)):
        brush.card(*brush.near(120 + place * 220, top + 130, 40))
    if brush.rng.random() < 0.6:
        brush.hand(brush.rng.randint(300, 1000), top + 440, angle=-1.6 + brush.rng.uniform(-0.4, 0.4), size=0.75)


def _book(brush: Brush) -> None:
    top = brush.table()
    x, y = brush.near(640, top + 230, 90)
    for side, edge in ((-1, -360), (1, 360)):
        brush.pen.polygon((x, y - 150, x + edge, y - 120, x + edge * 1.1, y + 190, x, y + 170), fill=(252, 246, 230))
        middle = x + side * 190
        brush.pen.ellipse((middle - 90, y - 70, middle + 90, y + 70), fill=brush.rng.choice(CLOTHS))
        brush.pen.line((middle - 110, y + 120, middle + 110, y + 120), fill=(170, 150, 124), width=10)
    brush.pen.line((x, y - 150, x, y + 170), fill=(190, 172, 146), width=8)
    brush.hand(x + brush.rng.choice((-150, 230)), y + 230, angle=-1.3 + brush.rng.uniform(-0.5, 0.2), size=0.75)


def _drum(brush: Brush) -> None:
    brush.room()
    x, y = brush.near(600, 640, 130)
    colour = brush.rng.choice(CLOTHS)
    brush.shadow(x, y + 150, 230)
    brush.pen.rectangle((x - 220, y - 100, x + 220, y + 110), fill=colour)
    brush.pen.chord((x - 220, y + 40, x + 220, y + 180), 0, 180, fill=colour)
    brush.pen.ellipse((x - 220, y - 170, x + 220, y - 30), fill=(250, 240, 218), outline=_shade(colour, 0.7), width=14)
    brush.hand(x + brush.rng.choice((-190, 190)), y - 170, angle=brush.rng.uniform(0.9, 2.2), size=0.8)


def _painting(brush: Brush) -> None:
    top = brush.table()
    x, y = brush.near(640, top + 250, 70)
    brush.pen.polygon((x - 400, y - 180, x + 360, y - 190, x + 420, y + 210, x - 430, y + 200), fill=(252, 250, 242))
    brush.pen.line((x, y + 180, x + brush.rng.randint(-30, 30), y), fill=(128, 88, 58), width=34)
    for _ in range(brush.rng.randint(5, 11)):
        leaf, radius, colour = brush.near(x, y - 60, 150), brush.rng.randint(30, 52), brush.rng.choice(CLOTHS)
        brush.pen.ellipse((leaf[0] - radius, leaf[1] - radius, leaf[0] + radius, leaf[1] + radius), fill=colour)
    for place in range(3):
        brush.bowl(*brush.near(200 + place * 440, HIGH - 130, 30), inside=brush.rng.choice(CLOTHS))


def _yard(brush: Brush) -> None:
    top = brush.floor()
    brush.pen.rectangle((0, 0, WIDE, top), fill=brush.rng.choice(((206, 224, 232), (228, 230, 214))))
    for place in range(5):
        x = place * 300 + brush.rng.randint(-120, 60)
        brush.pen.polygon((x - 220, top, x, top - brush.rng.randint(120, 320), x + 240, top), fill=(132, 160, 124))
    row = brush.rng.randint(top + 60, top + 120)
    for place in range(brush.rng.randint(4, 8)):
        x, y = 110 + place * 160, row + brush.rng.randint(-16, 16)
        brush.pen.line((x, y + 60, x, y - 20), fill=(96, 128, 70), width=12)
        for lean, lift in ((-44, 6), (44, 0), (-20, -44), (24, -38)):
            leaf = brush.rng.choice(((84, 140, 74), (112, 160, 82), (70, 122, 66)))
            brush.pen.ellipse((x + lean - 40, y + lift - 26, x + lean + 40, y + lift + 26), fill=leaf)
    brush.pen.line((brush.rng.randint(60, 400), HIGH - 90, brush.rng.randint(800, 1200), HIGH - 130), fill=(244, 240, 230), width=22)
    if brush.rng.random() < 0.6:
        brush.cup(*brush.near(980, HIGH - 120, 70))


def _chair(brush: Brush) -> None:
    """A wheelchair, empty, by the window."""
    brush.room()
    x, y = brush.near(640, 640, 150)
    metal = (96, 100, 108)
    brush.pen.rounded_rectangle((x - 210, y - 300, x - 150, y + 30), 20, fill=brush.cloth)
    brush.pen.rounded_rectangle((x - 200, y - 20, x + 160, y + 50), 20, fill=brush.cloth)
    brush.pen.line((x - 220, y - 290, x - 300, y - 320), fill=metal, width=20)
    brush.pen.line((x + 150, y + 30, x + 220, y + 240), fill=metal, width=18)
    brush.pen.line((x + 200, y + 240, x + 300, y + 240), fill=metal, width=20)
    brush.pen.ellipse((x - 230, y - 60, x + 70, y + 240), outline=metal, width=22)
    brush.pen.ellipse((x + 130, y + 170, x + 200, y + 240), outline=metal, width=16)
    brush.ball(*brush.near(x - 420, y + 190, 30), brush.rng.randint(50, 80))


def _towels(brush: Brush) -> None:
    top = brush.table()
    for place in range(brush.rng.randint(2, 4)):
        x, y = brush.near(170 + place * 290, top + 170, 50)
        for fold in range(3):
            brush.pen.rounded_rectangle((x, y + fold * 54, x + 230, y + 50 + fold * 54), 22, fill=brush.rng.choice(CLOTHS))
    brush.hand(brush.rng.randint(360, 900), top + 440, angle=-1.6 + brush.rng.uniform(-0.5, 0.5), size=0.75)


Scene = tuple[Callable[[Brush], None], tuple[str, ...]]
CUPS: Scene = _cups, ("杯子排成一排，练习拿稳和放下", "用切口杯练习小口喝水", "认一认自己的杯子")
COUNTING: Scene = _counting, ("用玉米粒练习点数", "一粒一粒放进碗里，边放边数", "数完说一共几粒")
EATING: Scene = _eating, ("练习自己用勺子", "碗下垫了防滑布，自己舀", "饭前准备：碗、勺、杯子")
BALL: Scene = _ball, ("推球，等老师推回来", "双手扶球，练习坐稳", "伸手够球")
BED: Scene = _bed, ("床边的练习角，被子和枕头已垫好", "体位摆放用的枕头", "今天在床上完成练习")
BLOCKS: Scene = _blocks, ("搭积木，从两块到三块", "积木按大小排一排", "自己推倒再搭一次")
CARDS: Scene = _cards, ("图卡配对，从三张里选一张", "按顺序摆图卡", "用图卡表达需要")
BOOK: Scene = _book, ("一页一页指着看绘本", "看图回答“谁来了”", "共读绘本")
DRUM: Scene = _drum, ("听到停就收手", "跟着拍子敲一敲", "手鼓：快一点、慢一点")
PAINTING: Scene = _painting, ("手掌印画：一棵树", "自己选的颜色", "今天的作品")
YARD: Scene = _yard, ("在院里沿线走", "给院里的菜浇水", "到院子里晒太阳、认一认")
CHAIR: Scene = _chair, ("轮椅坐位练习前的准备", "坐位摆好，安全带已系", "靠窗坐一会儿，听外面的声音")
TOWELS: Scene = _towels, ("叠毛巾：对折、再对折", "按颜色分一分", "叠好放进柜子")

SCENES: dict[str, tuple[Scene, ...]] = {
    "生活语文": (CARDS, BOOK, CARDS, BOOK, BALL),
    "生活数学": (COUNTING, BLOCKS, CUPS, CARDS),
    "生活适应": (EATING, CUPS, BED, CHAIR),
    "劳动技能": (TOWELS, YARD, COUNTING),
    "唱游与律动": (DRUM, BALL, BED),
    "绘画与手工": (PAINTING, PAINTING, BLOCKS),
    "运动与保健": (BALL, BED, YARD, CHAIR),
    "信息技术": (CARDS, DRUM),
}
"""What may be seen in a lesson of each area."""
