"""Names, telephone numbers and ID numbers of invented people, drawn with a seeded generator."""

from __future__ import annotations

from datetime import date
from random import Random

from stdnum.cn import ric

MALE, FEMALE = "男", "女"
HAN, ZHUANG, YAO = "汉族", "壮族", "瑶族"

# Surnames as they are common in the hills of Guangxi, the commoner ones more than once.
SURNAMES = {
    ZHUANG: tuple("韦韦韦黄黄覃覃覃蓝陆陆农农莫蒙蒙潘梁卢石罗樊谭岑闭零凌班马周何苏温"),
    HAN: tuple("李李陈陈廖何周唐苏邓温黄梁刘杨林谢曾吴莫卢刁"),
    YAO: tuple("盘盘赵邓蓝蓝蒙黄李冯奉"),
}
BOYS = (
    "子轩 梓豪 俊杰 宇航 浩然 志远 文博 嘉铭 立恒 家乐 永强 天佑 明哲 振宇 锦程 思源 景行 小龙 国栋 承泽 "
    "海涛 一鸣 昊宇 桂生 家宝 健 勇 鹏 旭 磊 德顺 龙飞 水生 保安 政宏 启航 炳辉 展鹏 世杰 远航"
).split()
GIRLS = (
    "梓涵 诗琪 雨桐 欣怡 思雨 嘉欣 佳颖 心怡 美玲 小凤 丽萍 秋月 春兰 雅静 文静 语嫣 晓燕 依依 可馨 紫萱 "
    "金凤 玉婷 海棠 静怡 若曦 彩云 月婵 梦洁 慧敏 婷 娟 妮 芳 琳 桂香 荷花 舒涵 冬梅 佩珊 映雪"
).split()
MEN = (
    "志强 建国 永福 文忠 海波 国华 宗明 世荣 德才 正辉 立新 福生 炳南 汉生 家旺 振华 绍武 光明 少华 庆丰 "
    "大伟 俊峰 立军 宏斌 东升 日新 兆林 维平 锦全 耀光 伟 军 斌 刚 涛 毅"
).split()
WOMEN = (
    "海燕 春梅 丽华 美娟 秀芳 玉兰 凤英 金莲 桂珍 艳红 小玲 雪梅 彩霞 素芬 惠兰 爱萍 红梅 月英 翠云 慧玲 "
    "丽娜 燕飞 柳青 柳萍 桂萍 淑贞 敏 洁 霞 萍 琼 艳"
).split()
OLD_MEN = "世昌 炳才 有福 德高 公保 绍安 国兴 卜康 天佐 定邦 朝贵 元生 仁寿 日光 廷玉 阿福 汉良 忠山".split()
OLD_WOMEN = "秀英 桂兰 玉莲 美花 月娥 氏兰 金妹 亚妹 凤仙 彩莲 兰香 玉梅 妹荣 瑞珍 少莲 桂花 荣珍 云香".split()


class Namer:
    """Draws names; no two people it names are called the same, so that a sheet can tell them apart."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def draw(self, given: list[str], *, ethnicity: str = "", surname: str = "") -> str:
        """A new full name; the surname goes by the ethnic group unless it is given."""
        while True:
            family = surname or self._rng.choice(SURNAMES[ethnicity or self.ethnicity()])
            name = family + self._rng.choice(given)
            if name not in self._taken:
                self._taken.add(name)
                return name

    def ethnicity(self) -> str:
        return self._rng.choices((ZHUANG, HAN, YAO), (72, 20, 8))[0]

    def adult(self) -> str:
        """A teacher, an official or a helper."""
        return self.draw(self._rng.choice((MEN, WOMEN, WOMEN)))


def id_number(county_code: str, birth_on: date, sex: str, *, second: bool = False) -> str:
    """A well-formed ID number of nobody: the sequence numbers 996 to 999 are never given to children.

    There are two for each day and sex; `second` asks for the other one.
    """
    sequence = (997 if sex == MALE else 996) + 2 * second
    body = f"{county_code}{birth_on:%Y%m%d}{sequence}"
    return body + str(ric.calc_check_digit(body + "0"))


def phone(rng: Random) -> str:
    """Eleven digits that look like a mobile number, with four noughts that show it is made up."""
    return f"1{rng.choice('3578')}{rng.randrange(10)}0000{rng.randrange(10_000):04}"
