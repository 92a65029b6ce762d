"""The children of the demo county and their families: who they are, what they need, and how they are served."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from reports.demo.lessons import LEARNING, MOVING, NEEDS, RELATING, SENSING, WAKING
from reports.demo.names import BOYS, FEMALE, GIRLS, MALE, MEN, OLD_MEN, OLD_WOMEN, WOMEN, Namer, id_number, phone
from reports.demo.places import COUNTY, HAMLETS, SCHOOLS, SPECIAL_SCHOOL, TOWNSHIPS, VILLAGES, DemoSchool

IDENTIFIED = 4  # found by the survey, not yet served
FAMILY_WORDS = {"母亲": "妈妈", "父亲": "爸爸", "祖母": "奶奶", "祖父": "爷爷", "外祖母": "外婆"}


@dataclass(frozen=True, slots=True)
class Family:
    guardian: str
    relation: str
    caregiver: str
    caregiver_relation: str
    phone: str
    address: str

    @property
    def who(self) -> str:
        """What the teachers call the person at home."""
        return FAMILY_WORDS[self.caregiver_relation]


@dataclass(frozen=True, slots=True)
class Stay:
    """Service at one school: `until` is the first day that no longer counts."""

    school: DemoSchool
    since: date
    until: date | None
    teachers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoChild:
    """One child; `stays` in order, none for a child that the survey has found."""

    number: int
    name: str
    sex: str
    ethnicity: str
    birth_on: date
    id_number: str
    need: str
    category: str  # as the certificate says it
    category_digit: str
    grade: str
    reason: str
    family: Family
    registered_at: DemoSchool
    stays: tuple[Stay, ...]
    habit: str = "steady"
    group: str = ""
    pauses: tuple[tuple[date, date | None, str], ...] = field(default=())
    mainly_remote_until: date | None = None

    @property
    def certificate(self) -> str:
        """ID, category and grade; empty without an ID."""
        return self.id_number and f"{self.id_number}{self.category_digit}{'一二三四'.index(self.grade[0]) + 1}"

    def class_on(self, day: date) -> str:
        years = day.year - (day.month < 9) - self.birth_on.year - (self.birth_on.month >= 9) - 5
        return f"{'一二三四五六七八九'[max(0, min(8, years - 1))]}年级"


_CONDITIONS = {
    MOVING: (("肢体", "4"), ("一级", "一级", "二级"), ("脑瘫，不能独坐和行走", "肌力差，长期卧床，不能坐车", "四肢瘫痪，需全天照料")),
    LEARNING: (("智力", "5"), ("一级", "二级", "二级"), ("生活不能自理", "智力重度残疾，不能适应课堂", "常走失，需专人看护")),
    RELATING: (
        ("精神", "6"),
        ("一级", "二级", "二级"),
        ("孤独症，情绪行为问题重", "不能与人交往，会伤到自己", "对声音和人多的地方反应强烈"),
    ),
    SENSING: (
        ("听力", "2"),
        ("一级", "一级", "二级"),
        ("重度听力残疾，未学过手语，家在深山", "听不见也说不清，无法到校", "重度残疾，路远又需人陪护"),
    ),
    WAKING: (
        ("多重（肢体、智力）", "7"),
        ("一级", "一级", "一级"),
        ("多重残疾，长期卧床", "癫痫频繁发作，不能离人", "吞咽困难，管饲，不能到校"),
    ),
}


class Nursery:
    """Draws the county's children one by one."""

    def __init__(self, rng: Random, namer: Namer, *, today: date) -> None:
        self._rng, self._namer, self._today = rng, namer, today
        self._ids: set[str] = set()
        self._number = 0

    def draw(self, school: DemoSchool, teachers: tuple[str, ...], *, since: date) -> DemoChild:
        """A child served by `school` since a day."""
        child = self._child(school)
        team = self._rng.sample(teachers, k=min(2, len(teachers)))
        return replace(child, stays=(Stay(school, since, None, tuple(team)),))

    def draw_identified(self) -> DemoChild:
        """A child that the survey has found and no school serves yet."""
        return self._child(self._rng.choice(SCHOOLS[1:7]))

    def _child(self, school: DemoSchool) -> DemoChild:
        rng = self._rng
        self._number += 1
        sex, ethnicity = rng.choice((MALE, FEMALE)), self._namer.ethnicity()
        name = self._namer.draw(BOYS if sex == MALE else GIRLS, ethnicity=ethnicity)
        birth_on, number = self._birth(school, sex)
        need = rng.choices(NEEDS, (24, 30, 16, 8, 22))[0]
        (category, digit), grades, reasons = _CONDITIONS[need]
        return DemoChild(
            number=self._number,
            name=name,
            sex=sex,
            ethnicity=ethnicity,
            birth_on=birth_on,
            id_number=number,
            need=need,
            category=category,
            category_digit=digit,
            grade=rng.choice(grades),
            reason=rng.choice(reasons),
            family=self._family(name[0], ethnicity, school),
            registered_at=rng.choice(SCHOOLS[1:9]) if school is SPECIAL_SCHOOL else school,
            stays=(),
        )

    def _birth(self, school: DemoSchool, sex: str) -> tuple[date, str]:
        """A birthday that fits the school, and a number that no other child has."""
        youngest, oldest = (12, 15) if "初级中学" in school.name else (7, 12) if "小学" in school.name else (7, 15)
        while True:
            year = self._today.year - self._rng.randint(youngest, oldest)
            birth_on = date(year, self._rng.randint(1, 12), self._rng.randint(1, 28))
            number = id_number(COUNTY, birth_on, sex, second=self._rng.random() < 0.5)
            if number not in self._ids:
                self._ids.add(number)
                return birth_on, number

    def _family(self, surname: str, ethnicity: str, school: DemoSchool) -> Family:
        """Half of the parents work in the city; then a grandparent looks after the child."""
        rng, namer = self._rng, self._namer
        father = namer.draw(MEN, surname=surname)
        mother = namer.draw(WOMEN, ethnicity=ethnicity)
        guardian, relation = rng.choice(((father, "父亲"), (father, "父亲"), (mother, "母亲")))
        caregiver, caregiver_relation = rng.choice(
            (
                (mother, "母亲"),
                (mother, "母亲"),
                (namer.draw(OLD_WOMEN, ethnicity=ethnicity), "祖母"),
                (namer.draw(OLD_WOMEN, ethnicity=ethnicity), "外祖母"),
                (namer.draw(OLD_MEN, surname=surname), "祖父"),
            )
        )
        township = rng.choice(list(TOWNSHIPS)) if school is SPECIAL_SCHOOL else school.township
        village = rng.choice(VILLAGES[township])
        place = "" if village.endswith("社区") else rng.choice(HAMLETS)
        address = f"{TOWNSHIPS[township]}{village}{place}{rng.randint(1, 60)}号"
        return Family(guardian, relation, caregiver, caregiver_relation, phone(rng), address)
