"""Drawn pictures for the demo's visits: a table, a bed, a toy, a hand on a ball. Nobody is in them, and no two look alike."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from PIL import Image

from reports.demo.brush import CLOTHS, HIGH, WALLS, WIDE, WOODS, Brush, shade

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
    brush.pen.rectangle((left, top - 130, left + 50, top + 330), fill=shade(wood, 0.85))
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
    brush.pen.ellipse((x - 220, y - 170, x + 220, y - 30), fill=(250, 240, 218), outline=shade(colour, 0.7), width=14)
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
