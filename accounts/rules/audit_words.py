"""What the audit says, in the words of the screen. Source: docs/rules.md, "Audit"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

VERBS = {
    "account.created": "建立账号",
    "account.disabled": "停用账号",
    "account.enabled": "重新启用账号",
    "account.password_changed": "修改了自己的密码",
    "account.password_reset": "重设初始密码",
    "account.released": "解除登录等待",
    "account.sessions_ended": "退出其全部登录",
    "account.sign_in_failed": "登录失败",
    "account.signed_in": "登录",
    "account.signed_out": "退出登录",
    "address.confirmed": "确认了自己的外部地址",
    "address.removed": "删除了自己的外部地址",
    "address.typed": "填写了自己的外部地址",
    "archive.asked": "要求生成档案",
    "archive.exported": "下载档案",
    "audit.exported": "导出审计记录",
    "audit.verification_asked": "要求核对审计链",
    "case.made_remote": "设为以远程为主",
    "case.paused": "暂停送教",
    "case.resumed": "恢复送教",
    "case.team_changed": "更换责任教师",
    "consent.recorded": "登记知情同意",
    "consent.withdrawn": "登记撤回同意",
    "county.loaded": "读入县的文件",
    "demo.loaded": "建立演示数据",
    "flag.answered": "说明一个事项",
    "holidays.seeded": "填入一年的放假安排",
    "job.cancelled": "取消一件后台任务",
    "job.repeated": "让一件后台任务再做一次",
    "lesson.started": "开始写教案",
    "lesson.written": "修改教案",
    "lesson.submitted": "交教案",
    "lesson.withdrawn": "收回教案",
    "lesson.returned": "退回教案",
    "lesson.checked": "检查教案",
    "lesson.discarded": "删除教案草稿",
    "lesson.reflected": "写教学反思",
    "lesson.viewed": "查看教案",
    "lesson.revealed": "写明理由查看教案",
    "lesson.exported": "下载教案 PDF",
    "month.exported": "导出月报表格",
    "photo.received": "收到一张照片",
    "photo.removed": "删除一张照片",
    "photos.announced": "登记一次送教的照片",
    "photos.viewed": "查看照片",
    "people.exported": "导出人员名单",
    "objective.added": "添加本校目标",
    "objective.retired": "停用本校目标",
    "plan.started": "开始制定个别化计划",
    "plan.written": "修改个别化计划",
    "plan.submitted": "提交个别化计划",
    "plan.withdrawn": "收回个别化计划",
    "plan.returned": "退回个别化计划",
    "plan.approved": "批准个别化计划",
    "plan.in_force": "个别化计划开始执行",
    "plan.superseded": "个别化计划由新版本代替",
    "plan.closed": "结束个别化计划",
    "plan.discarded": "删除个别化计划草稿",
    "plan.reviewed": "评价个别化计划的目标",
    "plan.signed": "登记个别化计划签字",
    "plan.signature_removed": "去掉个别化计划的签字",
    "sample.drawn": "抽查个别化计划：抽样",
    "sample.found": "抽查个别化计划：写结论",
    "sample.closed": "抽查个别化计划：结束",
    "sample.exported": "抽查个别化计划：导出表格",
    "plan.viewed": "查看个别化计划",
    "plan.revealed": "写明理由查看个别化计划",
    "plan.exported": "下载个别化计划 PDF",
    "progress.viewed": "查看进步",
    "progress.exported": "下载进步 PDF",
    "progress.revealed": "写明理由查看进步",
    "summary.started": "开始写学期小结",
    "summary.written": "修改学期小结",
    "summary.finished": "完成学期小结",
    "summary.opened_again": "重新打开学期小结",
    "summary.discarded": "删除学期小结草稿",
    "summary.viewed": "查看学期小结",
    "summary.exported": "下载学期小结 PDF",
    "policy.added": "定新一版政策",
    "policy.withdrawn": "撤回未生效的政策",
    "post.ended": "结束任职",
    "post.given": "添加任职",
    "roster.confirmed": "确认导入花名册",
    "roster.imported": "导入花名册",
    "roster.rejects_exported": "下载花名册的错误行",
    "roster.uploaded": "上传花名册",
    "student.changed": "修改学生资料",
    "student.revealed": "显示完整信息",
    "student.viewed": "查看学生",
    "students.exported": "导出花名册",
    "submission.accepted": "通过月报",
    "submission.confirmed": "校长确认月报",
    "submission.exported": "下载月报文件",
    "submission.prepared": "汇总月报",
    "submission.reopened": "重新打开月报",
    "submission.returned": "退回月报",
    "submission.submitted": "上报月报",
    "submission.viewed": "查看一份月报",
    "verdicts.made": "作出月度评判",
    "visit.confirmed": "登记家长确认",
    "visit.changed": "修改一次送教",
    "visit.corrected": "更正一次已通过的送教",
    "assessment.started": "开始一次评估",
    "assessment.scored": "填写评估",
    "assessment.finished": "完成评估",
    "assessment.opened_again": "重新打开评估",
    "assessment.discarded": "删除没有完成的评估",
    "assessment.viewed": "查看评估",
    "assessment.revealed": "写明理由查看评估",
    "assessment.exported": "下载评估 PDF",
    "scale.added": "添加量表",
    "scale.retired": "停用量表",
    "visit.logged": "记录一次送教",
    "visit.viewed": "查看一次送教",
    "visits.exported": "导出送教记录",
    "visits.imported": "导入送教记录",
    "visits.viewed": "查看学生的送教",
}
_ROWS = {"area": "行政区", "school": "学校", "term": "学期", "holiday": "节假日", "makeupday": "调休上班日", "user": "人员"}
_CHANGES = {
    "added": "添加",
    "changed": "修改",
    "removed": "删除",
    "added_by_operator": "系统管理员添加",
    "changed_by_operator": "系统管理员修改",
    "deleted_by_operator": "系统管理员删除",
    "imported_by_operator": "系统管理员按表导入",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit in words; children are named by a number only."""

    at: datetime
    who: str
    what: str
    whom: str
    detail: str
    place: str


def subject_words(subject: UUID | None, people: Mapping[UUID, str]) -> str:
    """A person's name, or the beginning of the number of whatever else it is."""
    if subject is None:
        return ""
    return people.get(subject) or f"编号 {str(subject)[:8]}"


def verb_words(verb: str) -> str:
    """A verb as people read it; one that nobody translated stays as it is, so that nothing hides."""
    if verb in VERBS:
        return VERBS[verb]
    row, _, change = verb.partition(".")
    return f"{_CHANGES[change]}{_ROWS[row]}" if row in _ROWS and change in _CHANGES else verb
