"""Visits: one outing, who went on it, and what each child had of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from counties.models import School
from office.fields import SealedTextField
from students.models import Case, Student
from visits.querysets import VisitQuerySet, VisitRecordQuerySet


class Visit(models.Model):
    """One outing of a team, from plan to outcome."""

    class Mode(models.TextChoices):
        HOME = "home", "入户"
        CENTRE = "centre", "集中"
        REMOTE = "remote", "远程"

    class State(models.TextChoices):
        PLANNED = "planned", "已排"
        DONE = "done", "完成"
        MISSED = "missed", "未送成"
        CANCELLED = "cancelled", "已取消"

    class Purpose(models.TextChoices):
        TEACHING = "teaching", "教学"
        REHABILITATION = "rehabilitation", "康复"
        TRAINING = "training", "家长培训"
        ASSESSMENT = "assessment", "评估"
        SIGNING = "signing", "签约"
        CONDOLENCE = "condolence", "慰问"
        COORDINATION = "coordination", "协调"

    class Missed(models.TextChoices):
        HOSPITAL = "hospital", "住院"
        AWAY = "away", "外出"
        REFUSED = "refused", "拒绝"
        WEATHER = "weather", "道路天气"
        DUTY = "duty", "教师公务"
        OTHER = "other", "其他"

    class Channel(models.TextChoices):
        PHONE = "phone", "电话"
        VIDEO = "video", "视频"

    class Source(models.TextChoices):
        PAGE = "page", "网页"
        SHEET = "sheet", "表格导入"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="visits", verbose_name="送教学校")
    on = models.DateField("日期")  # the day in Asia/Shanghai, taken in Python: databases run in UTC
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    mode = models.CharField("形式", max_length=6, choices=Mode)
    purpose = models.CharField("目的", max_length=14, choices=Purpose, default=Purpose.TEACHING)
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED)
    missed_reason = models.CharField("未送成原因", max_length=8, choices=Missed, blank=True)
    source = models.CharField("来源", max_length=5, choices=Source, default=Source.PAGE)
    place = models.CharField("地点", max_length=100, blank=True)
    channel = models.CharField("远程方式", max_length=5, choices=Channel, blank=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="记录人")  # none: from a sheet
    written_at = models.DateTimeField("写成时间")  # the writer's moment, freed of what the phone's clock was off
    received_at = models.DateTimeField("收到时间", null=True, blank=True)  # the server's moment of the first receipt
    drift = models.IntegerField("手机时间快了（秒）", default=0)  # measured when it was sent; below zero: slow

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送教"
        ordering = ["-starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="visit_ends_after_start", condition=Q(ends_at__gt=F("starts_at")), violation_error_message="结束时间要晚于开始时间。"
            ),
        ]
        indexes = [models.Index(fields=["school", "on"], name="visit_by_school_day")]

    def __str__(self) -> str:
        return str(self.pk)


class VisitPerson(models.Model):
    """Somebody on a visit: a teacher with an account, or a companion known by name alone. The name is frozen."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="people")
    user = models.ForeignKey(User, models.PROTECT, related_name="outings", null=True, blank=True)
    name = models.CharField("姓名", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "送教人员"
        ordering = ["visit", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "user"],
                condition=Q(user__isnull=False),
                name="once_on_a_visit",
                violation_error_message="这位老师已在名单里。",
            ),
        ]
        indexes = [models.Index(fields=["user", "visit"], name="outings_of_a_user")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_teacher(self) -> bool:
        return self.user_id is not None


class VisitRecord(models.Model):
    """What one child had of a visit. `on` and `school` repeat the visit's day and the case's school then, for speed."""

    class Lock(models.TextChoices):
        OPEN = "", "可以修改"
        FILED = "filed", "已上报，不能修改"
        ACCEPTED = "accepted", "已通过，只能更正"

    class Mood(models.TextChoices):
        GOOD = "good", "愉快"
        CALM = "calm", "平稳"
        UPSET = "upset", "不安"

    class Participation(models.TextChoices):
        FULL = "full", "主动"
        PARTIAL = "partial", "一般"
        LITTLE = "little", "很少"

    class Homework(models.TextChoices):
        DONE = "done", "做了"
        PARTLY = "partly", "做了一部分"
        NOT_DONE = "not_done", "没有做"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="records")
    case = models.ForeignKey(Case, models.PROTECT, related_name="records")
    student = models.ForeignKey(Student, models.PROTECT, related_name="records")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    on = models.DateField("日期")
    present = models.BooleanField("到场", default=True)
    absent_reason = models.CharField("缺席原因", max_length=8, choices=Visit.Missed, blank=True)
    reason_text = models.TextField("原因（原话）", blank=True, max_length=500)  # where it says more than the code
    ends_at = models.DateTimeField("该生结束时间", null=True, blank=True)  # of a group whose rows end apart; else the visit's
    lessons = models.DecimalField("课时", max_digits=5, decimal_places=2, default=0)
    teaching = models.TextField("教学内容", blank=True, max_length=4000)
    teaching_key = models.CharField(max_length=32, blank=True, editable=False)  # visits.rules.text_key of teaching
    rehabilitation = models.TextField("康复训练", blank=True, max_length=4000)
    family = models.TextField("家庭指导", blank=True, max_length=4000)
    mood = models.CharField("情绪", max_length=5, choices=Mood, blank=True)
    participation = models.CharField("参与", max_length=7, choices=Participation, blank=True)
    health = SealedTextField("健康情况", blank=True, default="")
    homework = models.TextField("布置的作业", blank=True, max_length=1000)
    last_homework = models.CharField("上次作业", max_length=8, choices=Homework, blank=True)
    next_time = models.TextField("下次安排", blank=True, max_length=1000)
    guardian_words = models.TextField("家长的话", blank=True, max_length=1000)
    lock = models.CharField("上报状态", max_length=8, choices=Lock, default=Lock.OPEN, blank=True)  # set with the filing, by reports
    photo_count = models.PositiveSmallIntegerField("照片张数", default=0)  # received ones that show the child; kept by visits.actions
    confirmed_at = models.DateTimeField("家长确认时间", null=True, blank=True)  # the first standing confirmation; kept by visits.actions

    objects = VisitRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送教记录"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "student"], name="one_record_a_child", violation_error_message="这个学生已在这次送教里。"
            ),
            models.CheckConstraint(name="lessons_not_negative", condition=Q(lessons__gte=0), violation_error_message="课时不能小于 0。"),
        ]
        indexes = [
            models.Index(fields=["school", "on", "id", "visit", "present", "lessons"], name="record_of_a_list"),  # read without its row
            models.Index(fields=["student", "on"], name="record_by_student_day"),
            models.Index(fields=["student", "teaching_key"], condition=~Q(teaching_key=""), name="record_by_text"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
