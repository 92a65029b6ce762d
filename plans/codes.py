"""Short stable codes of assessments and plans; people see the labels. Source: docs/rules.md, "Assessments and plans"."""

from django.db import models


class AssessmentKind(models.TextChoices):
    BASELINE = "baseline", "初评"
    MIDTERM = "midterm", "期中"
    FINAL = "final", "期末"
    REVIEW = "review", "复评"


class Area(models.TextChoices):
    """What is taught: the courses of the national curriculum for pupils with intellectual disabilities (2016), the four kinds of
    rehabilitation training, and what the family learns."""

    CHINESE = "chinese", "生活语文"
    MATHS = "maths", "生活数学"
    LIVING = "living", "生活适应"
    LABOUR = "labour", "劳动技能"
    MUSIC = "music", "唱游与律动"
    ART = "art", "绘画与手工"
    SPORT = "sport", "运动与保健"
    IT = "it", "信息技术"
    MOTOR = "motor", "动作"
    SENSES = "senses", "感知觉"
    COMMUNICATION = "communication", "沟通与交往"
    BEHAVIOUR = "behaviour", "情绪与行为"
    FAMILY = "family", "家长能力"


class PromptLevel(models.IntegerChoices):
    """How much help a step took, from none (5) to all (0)."""

    INDEPENDENT = 5, "独立"
    VERBAL = 4, "口头提示"
    GESTURE = 3, "手势"
    MODEL = 2, "示范"
    PARTIAL = 1, "部分身体"
    FULL = 0, "全身体"


class Measure(models.TextChoices):
    OBSERVATION = "O", "观察"
    WORK = "W", "作品"
    TEST = "T", "测验"
    VERBAL = "V", "口头"
    PERFORMANCE = "P", "实作"


class Mark(models.TextChoices):
    """What a review says of an objective."""

    PASSED = "P", "通过"
    CONTINUED = "C", "继续"
    DROPPED = "D", "放弃"
    SIMPLIFIED = "S", "简化"
    EXTENDED = "E", "加深"


class PlanState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审批"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"
    IN_FORCE = "in_force", "执行中"
    CLOSED = "closed", "已结束"
    SUPERSEDED = "superseded", "已被新版本代替"


EDITABLE = (PlanState.DRAFT, PlanState.RETURNED)
FROZEN = (PlanState.APPROVED, PlanState.IN_FORCE, PlanState.CLOSED, PlanState.SUPERSEDED)


class LessonState(models.TextChoices):
    DRAFT = "draft", "草稿"
    READY = "ready", "待检查"
    RETURNED = "returned", "已退回"
    CHECKED = "checked", "已检查"


EDITABLE_LESSONS = (LessonState.DRAFT, LessonState.RETURNED)


class Semester(models.IntegerChoices):
    AUTUMN = 1, "上学期"
    SPRING = 2, "下学期"
