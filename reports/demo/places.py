"""Where the demo county lies: townships and villages that do not exist, twelve schools, the calendar around a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

COUNTY, CITY = "450125", "4501"
YEARS_BACK = 2  # school years before the day's that the county remembers

TOWNSHIPS = {
    "450125100": "云榕镇",
    "450125101": "清澜镇",
    "450125102": "古韵镇",
    "450125103": "木棉镇",
    "450125104": "岜蓝乡",
    "450125105": "那棠镇",
    "450125106": "三叠乡",
    "450125107": "龙鼓瑶族乡",
}
VILLAGES = {
    "450125100": ("榕荫社区", "南圩社区", "上榕村", "鼓楼村"),
    "450125101": ("清澜社区", "板澜村", "六造村", "渡头村"),
    "450125102": ("古韵村", "古怀村", "大峒村", "塘莲村"),
    "450125103": ("木棉村", "长峒村", "那桄村", "石桥头村"),
    "450125104": ("岜蓝村", "弄槐村", "弄雅村", "水源洞村"),
    "450125105": ("那棠村", "那稔村", "板苏村", "拉楞村"),
    "450125106": ("三叠村", "上叠村", "马鞍坳村", "竹根村"),
    "450125107": ("龙鼓村", "盘瑶村", "高椅村", "茶林村"),
}
HAMLETS = ("上屯", "下屯", "内弄屯", "外弄屯", "坡头屯", "新屋屯", "岭脚屯", "塘边屯", "大榕屯", "旧圩屯", "田心屯", "井边屯")


@dataclass(frozen=True, slots=True)
class DemoSchool:
    code: str
    name: str
    kind: str
    township: str
    teachers: int
    children: int


SCHOOLS = (
    DemoSchool("2145003000", "演示县特殊教育学校", "特殊教育学校", "450125100", 7, 9),
    DemoSchool("2145003001", "云榕镇第一中心小学", "小学", "450125100", 4, 7),
    DemoSchool("2145003002", "清澜镇中心小学", "小学", "450125101", 4, 6),
    DemoSchool("2145003003", "古韵镇中心小学", "小学", "450125102", 3, 6),
    DemoSchool("2145003004", "木棉镇中心小学", "小学", "450125103", 3, 5),
    DemoSchool("2145003005", "岜蓝乡中心小学", "小学", "450125104", 3, 5),
    DemoSchool("2145003006", "那棠镇中心小学", "小学", "450125105", 3, 5),
    DemoSchool("2145003007", "三叠乡九年一贯制学校", "九年一贯制学校", "450125106", 3, 5),
    DemoSchool("2145003008", "龙鼓瑶族乡民族小学", "小学", "450125107", 3, 4),
    DemoSchool("2145003009", "云榕镇初级中学", "初中", "450125100", 3, 3),
    DemoSchool("2145003010", "清澜镇初级中学", "初中", "450125101", 2, 3),
    DemoSchool("2145003011", "那棠镇初级中学", "初中", "450125105", 2, 2),
)
SPECIAL_SCHOOL = SCHOOLS[0]


def terms_around(day: date) -> list[dict[str, Any]]:
    """The terms of the two school years before the day's, of its own and of the next."""
    year = day.year - (day.month < 9)
    return [
        term
        for first in range(year - YEARS_BACK, year + 2)
        for term in (
            {"name": f"{first}年秋季学期", "start": date(first, 9, 1), "end": date(first + 1, 1, 20)},
            {"name": f"{first + 1}年春季学期", "start": date(first + 1, 2, 22), "end": date(first + 1, 7, 8)},
        )
    ]


def holidays_around(day: date) -> list[dict[str, Any]]:
    """Holidays that fall on the same days every year; people add the moving ones when they are announced."""
    fixed = (("元旦", 1, 1, 3), ("清明节", 4, 4, 6), ("劳动节", 5, 1, 5), ("国庆节", 10, 1, 7))
    return [
        {"name": name, "start": date(year, month, first), "end": date(year, month, last)}
        for year in range(day.year - YEARS_BACK - 1, day.year + 2)
        for name, month, first, last in fixed
    ]
