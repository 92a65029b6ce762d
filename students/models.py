"""For whom: children, their guardians, and the periods in which they are served."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from counties.models import Area, School
from office.fields import SealedTextField
from office.models import Job, JobState, PrivateFile
from students import codes
from students.querysets import CaseQuerySet, ConsentQuerySet, RosterUploadQuerySet, StudentQuerySet


class Student(models.Model):
    """A child of one county. What identifies the child or describes its health is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="县(区)")
    registered_school = models.ForeignKey(School, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="学籍学校")
    name = models.CharField("姓名", max_length=100)
    name_key = models.CharField(max_length=100, editable=False)  # dots folded: what names are matched by
    initials = models.CharField(max_length=200, editable=False)  # pinyin initials of every reading, space separated
    sex = models.CharField("性别", max_length=1, choices=codes.Sex)
    ethnicity = models.CharField("民族", max_length=2, choices=codes.ETHNICITIES, blank=True)
    birth_on = models.DateField("出生日期")
    id_number = SealedTextField("身份证号", blank=True, default="")
    id_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    cert_number = SealedTextField("残疾人证号", blank=True, default="")
    registration_number = SealedTextField("学籍号", blank=True, default="")
    disability = models.CharField("残疾类别", max_length=1, choices=codes.Disability, blank=True)
    further_disabilities = models.CharField("多重：各类", max_length=7, blank=True)  # category digits, ascending
    disability_grade = models.CharField("残疾等级", max_length=1, choices=codes.DisabilityGrade, blank=True)
    diagnosis = SealedTextField("诊断", blank=True, default="")
    home_address = SealedTextField("家庭住址", blank=True, default="")
    household_address = SealedTextField("户籍地址", blank=True, default="")
    class_grade = models.CharField("年级", max_length=100, blank=True)
    placement = models.CharField("安置方式", max_length=14, choices=codes.Placement, default=codes.Placement.HOME)
    remark = models.CharField("备注", max_length=1000, blank=True)
    created_at = models.DateTimeField("建立时间")

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学生"
        ordering = ["name_key", "birth_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "id_index"],
                condition=~Q(id_index=""),
                name="id_once_a_county",
                violation_error_message="本县已有这个身份证号的学生。",
            ),
        ]
        indexes = [
            models.Index(fields=["county", "name_key", "birth_on"], name="student_by_name"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Guardian(models.Model):
    """A guardian (监护人) or the person who looks after the child day by day (实际照料人)."""

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", "监护人"
        CAREGIVER = "caregiver", "实际照料人"

    student = models.ForeignKey(Student, models.CASCADE, related_name="guardians")
    kind = models.CharField("身份", max_length=10, choices=Kind)
    name = models.CharField("姓名", max_length=100, blank=True)  # sometimes only the phone is known
    relation = models.CharField("与学生关系", max_length=100, blank=True)
    phone = SealedTextField("联系电话", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "监护人与照料人"
        ordering = ["student", "-kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["student", "kind", "name"], name="guardian_once", violation_error_message="已登记过。")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Case(models.Model):
    """One period of service (个案). A child who comes back gets another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="cases")
    state = models.CharField("状态", max_length=12, choices=codes.CaseState, default=codes.CaseState.IDENTIFIED)
    school = models.ForeignKey(School, models.PROTECT, related_name="cases", null=True, blank=True, verbose_name="送教学校")
    starts_on = models.DateField("开始送教日期", null=True, blank=True)
    ends_on = models.DateField("终止送教日期（当天不算）", null=True, blank=True)
    reason = models.CharField("不能到校原因", max_length=300, blank=True)
    mainly_remote_until = models.DateField("以远程为主，至", null=True, blank=True)
    mainly_remote_reason = models.CharField("以远程为主的理由", max_length=200, blank=True)
    created_at = models.DateTimeField("建立时间")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个案"
        ordering = ["student", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="served_case_has_school_and_start",
                condition=~Q(state__in=codes.SERVED_STATES) | Q(school__isnull=False, starts_on__isnull=False),
                violation_error_message="在送的个案要有送教学校和开始日期。",
            ),
            models.CheckConstraint(
                name="case_ends_not_before_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="终止日期不能早于开始日期。",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="case_by_school")]

    def __str__(self) -> str:
        return str(self.pk)


class Pause(models.Model):
    """Days on which a case is not served: from a day until (not including) another; open while unknown."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    starts_on = models.DateField("暂停自")
    ends_on = models.DateField("恢复于", null=True, blank=True)
    reason = models.CharField("原因", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "暂停"
        ordering = ["case", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_message="恢复的日期要晚于暂停的日期。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


ALREADY = "已是责任教师。"


class CaseTeacher(models.Model):
    """A teacher responsible for a case, from a day until (not including) another."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="teachers")
    user = models.ForeignKey(User, models.PROTECT, related_name="case_posts", verbose_name="责任教师")
    starts_on = models.DateField("自", null=True, blank=True)
    ends_on = models.DateField("至（当天不算）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任教师"
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "user", "starts_on"], name="case_teacher_once", violation_error_message=ALREADY),
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(starts_on=None), name="case_teacher_once_undated", violation_error_message=ALREADY
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Consent(models.Model):
    """What a guardian agrees to, or not: the processing of personal data, and separately photos. The latest one stands.

    Nothing on record is no consent.
    """

    class Kind(models.TextChoices):
        DATA = "data", "个人信息处理"
        PHOTOS = "photos", "拍照和使用照片"

    class How(models.TextChoices):
        PAPER = "paper", "纸质签字"
        SIGNATURE = "signature", "手机签字"

    student = models.ForeignKey(Student, models.CASCADE, related_name="consents")
    kind = models.CharField("事项", max_length=6, choices=Kind)
    is_given = models.BooleanField("同意")
    text_version = models.CharField("文本版本", max_length=20)
    given_by = models.CharField("签字人", max_length=100)
    relation = models.CharField("与学生关系", max_length=100, blank=True)
    how = models.CharField("方式", max_length=9, choices=How, default=How.PAPER)
    starts_on = models.DateField("签字日期")
    ends_on = models.DateField("撤回日期（当天起不算）", null=True, blank=True)
    scan = models.ForeignKey(PrivateFile, models.PROTECT, related_name="+", null=True, verbose_name="扫描件")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "知情同意"
        ordering = ["student", "kind", "-starts_on", "-id"]
        indexes = [models.Index(fields=["student", "kind", "starts_on"], name="consent_by_student")]

    def __str__(self) -> str:
        return str(self.pk)


class RosterUpload(models.Model):
    """A roster sheet somebody sent: judged by one job, taken in by another when they say so.

    What it says of children lies in private files, which are tidied away a week later; then only the counts are left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    county = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="县(区)")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")
    sheet = models.ForeignKey(PrivateFile, models.SET_NULL, related_name="+", null=True, verbose_name="表格")
    findings = models.ForeignKey(PrivateFile, models.SET_NULL, related_name="+", null=True, verbose_name="每行的判断")
    rejects = models.ForeignKey(PrivateFile, models.SET_NULL, related_name="+", null=True, verbose_name="退回的行")
    checking = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, verbose_name="检查")
    importing = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, verbose_name="导入")
    counts = models.JSONField("行数", default=dict)
    done_at = models.DateTimeField("导入完成时间", null=True)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "花名册上传"
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["by", "-at"], name="upload_by_person")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stage(self) -> str:
        """Where it stands: checking, checked, importing, done; failed (`failure` says why), or expired."""
        if self.done_at:
            return "done"
        job = self.importing or self.checking
        if job is not None and not job.is_over:
            return "importing" if self.importing else "checking"
        if job is not None and job.state != JobState.DONE:
            return "failed"
        return "checked" if self.sheet and self.findings else "expired"

    @property
    def work(self) -> Job | None:
        """The job under way, or the last one."""
        return self.importing or self.checking
