"""How a child got on: sentences that follow a child's own progress from visit to visit, so that few accounts are alike."""

from __future__ import annotations

from random import Random

from reports.demo.lessons import LESSONS, Lesson
from reports.demo.trainings import GUIDANCE, GUIDANCE_FOR, TRAININGS

PROMPTS = ("全身体辅助", "部分身体辅助", "示范", "手势提示", "口头提示", "自己独立")
RESULTS = (
    "{tries}次里有{right}次在{prompt}下完成",
    "今天练了{tries}次，{right}次做对，多数还要{prompt}",
    "做{tries}次对{right}次，{prompt}为主",
    "{prompt}下能完成{right}次（共{tries}次），比上次稳",
    "前面几次要{prompt}，后来自己试了，{tries}次对{right}次",
)
INDEPENDENT = (
    "{tries}次里有{right}次自己完成，不用提醒",
    "今天{tries}次做对{right}次，都是自己来",
    "已能自己做，{tries}次对{right}次，准备换难一点的",
)
MOODS = (
    "情绪平稳，愿意配合",
    "刚睡醒，前十分钟不大理人，后来好了",
    "看见老师来就笑",
    "有点感冒，中间休息了两次",
    "练到后面累了，提前换成听歌",
    "外面鞭炮声大，捂了耳朵，抱一抱后继续",
    "第一次主动伸手要教具",
    "不肯换项目，用倒数五下的办法过渡",
    "能坐住的时间比上次长",
    "家里来客人，注意力容易分散",
    "今天特别高兴，连着说了好几声",
    "歇下来喝了两次水，再接着练",
)
WORDS_FOR_TODAY = ("下次接着练", "下次加一个步骤", "下次减少提示", "下次换一种材料再练", "下次请家人来带一遍")


class Chronicle:
    """The accounts of one child's visits: a few lessons taken in turn, a level that slowly rises."""

    def __init__(self, rng: Random, need: str) -> None:
        self._rng = rng
        fitting = [lesson for lesson in LESSONS if need in lesson.needs]
        self._lessons = rng.sample(fitting, k=min(7, len(fitting)))
        self._trainings = rng.sample(TRAININGS[need], k=4)
        self._guidance = rng.sample(GUIDANCE + GUIDANCE_FOR[need], k=12)
        self._level = {lesson.account: rng.randrange(3) for lesson in self._lessons}
        self._told: set[str] = set()
        self._visit = -1

    def next_visit(self) -> None:
        self._visit += 1

    def teaching(self) -> str:
        """The lessons of this visit and how they went; never the same text twice."""
        first = self._lessons[self._visit % len(self._lessons)]
        second = self._lessons[(self._visit * 3 + 2) % len(self._lessons)]
        while True:
            text = self._account(first) + ("" if second == first else self._account(second)) + self._rng.choice(WORDS_FOR_TODAY) + "。"
            if text not in self._told:
                self._told.add(text)
                return text

    def _account(self, lesson: Lesson) -> str:
        return f"【{lesson.area}】{lesson.account}。{self._result(lesson)}。"

    def _result(self, lesson: Lesson) -> str:
        level = self._level[lesson.account] + (self._rng.random() < 0.3)
        self._level[lesson.account] = level = min(level, len(PROMPTS) - 1)
        tries = self._rng.choice((5, 6, 8, 10))
        right = min(tries, max(1, round(tries * (0.35 + 0.1 * level + 0.25 * self._rng.random()))))
        words = INDEPENDENT if level == len(PROMPTS) - 1 else RESULTS
        return self._rng.choice(words).format(tries=tries, right=right, prompt=PROMPTS[level])

    def training(self) -> str:
        return f"{self._trainings[self._visit % len(self._trainings)]}。{self._rng.choice(MOODS)}。"

    def guidance(self, who: str) -> str:
        return self._guidance[self._visit % len(self._guidance)].format(who=who) + "。"
