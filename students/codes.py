"""Short stable codes of the standards the records follow; people see the labels.

Sources: GB/T 2261.1 (sex), GB/T 3304 (ethnic groups), the disability certificate's
categories and grades, and the life of a case in docs/rules.md.
"""

from django.db import models

from students.rules.identity import ETHNIC_GROUPS


class Sex(models.TextChoices):
    MALE = "1", "男"
    FEMALE = "2", "女"


class Disability(models.TextChoices):
    VISION = "1", "视力"
    HEARING = "2", "听力"
    SPEECH = "3", "言语"
    LIMB = "4", "肢体"
    INTELLECT = "5", "智力"
    MENTAL = "6", "精神"
    MULTIPLE = "7", "多重"


class DisabilityGrade(models.TextChoices):
    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    FOURTH = "4", "四级"


class CaseState(models.TextChoices):
    IDENTIFIED = "identified", "摸排对象"
    VERIFIED = "verified", "已核实"
    ASSESSED = "assessed", "已评估"
    PENDING = "pending", "待审批"
    APPROVED = "approved", "待签协议"
    ACTIVE = "active", "在送"
    SUSPENDED = "suspended", "暂停"
    EXITING = "exiting", "拟终止"
    EXITED = "exited", "已终止"
    NOT_ADMITTED = "not_admitted", "不纳入"
    ELSEWHERE = "elsewhere", "外地就读"
    DECLINED = "declined", "暂不接受送教"


SERVED_STATES = [CaseState.ACTIVE.value, CaseState.SUSPENDED.value, CaseState.EXITING.value, CaseState.EXITED.value]
"""From 在送 on: the states in which a case has a school and a first day."""


class Placement(models.TextChoices):
    HOME = "home", "送教上门"
    INCLUSIVE = "inclusive", "随班就读"
    SPECIAL_CLASS = "special_class", "特教班"
    SPECIAL_SCHOOL = "special_school", "特校"
    REMOTE = "remote", "远程"
    DEFERRED = "deferred", "延缓入学"


ETHNICITIES = [(f"{number:02}", f"{name}族") for number, name in enumerate(ETHNIC_GROUPS, start=1)]
