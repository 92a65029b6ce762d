"""How a question reads on a page, who may answer it, and what would mend it. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visits.rules.flags import Raised
from visits.rules.judging import FLAG_WORDS, Flag

QUESTIONS = {
    Flag.TOO_FEW_STAFF: "入户或集中送教要两人以上、其中至少一位教师：当天还有谁同去？",
    Flag.OUTSIDE_DAYTIME: "送教一般在白天：这次的时间记对了吗，是家长约的吗？",
    Flag.OVERLAP: "同一位老师或同一个孩子，同一时间在另一次送教里：哪一次的时间要改？",
    Flag.SHORT_DURATION: "起止时间不够所记的课时：是时间记短了，还是课时记多了？",
    Flag.REMOTE_SHARE: "本月一半以上是远程：孩子近期不便入户吗？",
    Flag.REPEATED_TEXT: "教学内容与这个孩子另一次的一字不差：这次练了什么？",
    Flag.TOO_FEW_PHOTOS: "照片少于要求的张数：手机里还有当天的照片吗？",
    Flag.REUSED_PHOTO: "同一张照片也在另一次送教里：哪一次是放错了？",
    Flag.PHOTO_OTHER_DAY: "相机记的日期不是送教那天：是放错了，还是相机的日期不准？",
    Flag.UNCONFIRMED: "家长还没有确认这次送教：可以请家长补签，或说明为什么没有签吗？",
    Flag.LATE_RECORD: "记录比要求的晚：是什么耽搁了？",
    Flag.CLOCK_SKEW: "手机的时间与标准时间相差超过十分钟：起止时间要改吗？",
    Flag.SIMILAR_PHOTO: "有照片与另一次的很像（同一张床、同一间屋是常有的）：是当天拍的吗？",
}
"""What a flag asks. A question, never an accusation."""

FIXES = {
    Flag.TOO_FEW_STAFF: "补上同去的人",
    Flag.OUTSIDE_DAYTIME: "改时间",
    Flag.OVERLAP: "改时间",
    Flag.SHORT_DURATION: "改时间或课时",
    Flag.REMOTE_SHARE: "登记以远程为主",
    Flag.REPEATED_TEXT: "改教学内容",
    Flag.TOO_FEW_PHOTOS: "补照片",
    Flag.REUSED_PHOTO: "换照片",
    Flag.PHOTO_OTHER_DAY: "换照片",
    Flag.UNCONFIRMED: "请家长确认",
    Flag.CLOCK_SKEW: "改时间",
    Flag.SIMILAR_PHOTO: "换照片",
}
"""What mends the cause. What was written late stays late: it is only explained."""

OF_THE_CASE = frozenset({Flag.REMOTE_SHARE})
"""Mended at the child's case, by the school's admin; all others in the visit."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do about the questions of one record, as it stands."""

    is_team: bool
    is_head: bool  # admin or principal of the child's school
    is_admin: bool  # admin of the child's school
    is_writer: bool  # of the team, or admin of the visit's school; its principal while nothing is accepted
    is_filed: bool

    def may_answer(self, *, is_told: bool) -> bool:
        """What was filed is closed; what came up since then is answered for the next submission."""
        return (self.is_team or self.is_head) and not (self.is_filed and is_told)

    def may_fix(self, flag: Flag) -> bool:
        return flag in FIXES and not self.is_filed and (self.is_admin if flag in OF_THE_CASE else self.is_writer)


@dataclass(frozen=True, slots=True)
class Line:
    """One question as a page shows it. Without `is_open` neither the child's name nor what was answered."""

    raised: Raised
    child: str
    case: UUID
    starts_at: datetime
    rights: Rights
    is_open: bool
    is_answered: bool
    is_told: bool  # in a submission that stands
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def label(self) -> str:
        return FLAG_WORDS[self.raised.code]

    @property
    def question(self) -> str:
        return QUESTIONS[self.raised.code]

    @property
    def fix(self) -> str:
        return FIXES[self.raised.code] if self.rights.may_fix(self.raised.code) else ""

    @property
    def is_of_the_case(self) -> bool:
        return self.raised.code in OF_THE_CASE

    @property
    def stays(self) -> bool:
        return not self.raised.travels

    @property
    def is_closed(self) -> bool:
        """Nothing can be said to it while the bureau has it; what stays with the school is closed with its record."""
        return self.rights.is_filed and (self.is_told or self.stays)

    @property
    def may_answer(self) -> bool:
        return self.rights.may_answer(is_told=self.is_told or self.stays)


def in_order(lines: list[Line]) -> list[Line]:
    """What still waits for an answer first, each by day."""
    return sorted(lines, key=lambda line: (line.is_answered, line.starts_at))
