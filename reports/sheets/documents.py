"""The documents of a submission: PDF and workbook, from its printed page alone. Equal pages give equal bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.template.loader import render_to_string

from office.pdf import Medium, make_pdf
from office.workbook import Cell, Sheet, make_workbook
from reports.sheets.printing import ChildBlock, Printed, VisitRow

CHILD_HEADERS = (
    *("序号", "姓名", "判定", "应送次数", "已送次数", "可控应送次数", "未送成次数", "已排次数", "课时"),
    *("还差次数", "还差课时", "学年已送课时", "学年应送课时"),
)
VISIT_HEADERS = (
    *("姓名", "日期", "时间", "形式", "送教人员", "情况", "课时", "教学内容", "康复训练", "家庭指导", "家长的话"),
    *("家长确认", "照片张数", "补报月份", "标记", "后同步"),
)
ITEM_HEADERS = ("类别", "姓名", "日期", "事项", "说明")


def submission_html(page: Printed, *, pictures: frozenset[str] = frozenset()) -> str:
    """The page as HTML; `pictures` are the photos there is a file of."""
    totals = [page.totals[start : start + 2] for start in range(0, len(page.totals), 2)]
    shortfall = "欠课" if page.snapshot.is_over else "可能欠课"
    context = {"page": page, "pictures": pictures, "totals": totals, "shortfall_word": shortfall}
    return render_to_string("reports/print/_submission.html", context)


def submission_css() -> str:
    return render_to_string("reports/print/submission.css")


def submission_pdf(page: Printed, media: Mapping[str, Medium]) -> bytes:
    """Raises Refused for what cannot be laid out."""
    shown = {photo.id: media[photo.id] for photo in page.photos if photo.id in media}
    return make_pdf(submission_html(page, pictures=frozenset(shown)), css=[submission_css()], media=shown)


def submission_workbook(page: Printed) -> bytes:
    visits = [visit for child in page.children for visit in child.visits] + list(page.late)
    return make_workbook(
        [
            Sheet("汇总", ("项目", "内容"), _summary(page), widths=(24, 60)),
            Sheet("学生", CHILD_HEADERS, map(_child, page.children)),
            Sheet("送教", VISIT_HEADERS, map(_visit, visits)),
            Sheet("事项", ITEM_HEADERS, _items(page)),
        ]
    )


def _summary(page: Printed) -> Iterable[tuple[str, str]]:
    yield "月报", page.title
    yield "状态", " · ".join(page.marks)
    yield "结论", page.opening
    yield from page.totals
    yield from page.declaration
    yield "声明", page.snapshot.declaration.words
    yield from page.proof


def _child(child: ChildBlock) -> tuple[Cell, ...]:
    of = child.figures
    if of is None:
        return child.number, child.name, child.verdict
    month = (of.owed, of.delivered, of.reachable, of.missed, of.planned, of.lessons, of.short_visits)
    year_owed = "未规定" if of.year_owed is None else of.year_owed
    lessons = "未规定" if of.short_lessons is None else of.short_lessons
    return child.number, child.name, child.verdict, *month, lessons, of.year_delivered, year_owed


def _visit(visit: VisitRow) -> tuple[Cell, ...]:
    said = (visit.teaching, visit.rehabilitation, visit.family, visit.guardian_words, visit.confirmation)
    lessons = None if visit.is_missed else visit.hours
    return (
        visit.name,
        visit.on,
        visit.span,
        visit.mode,
        visit.people,
        visit.outcome,
        lessons,
        *said,
        visit.photos,
        visit.month,
        visit.mark,
        visit.synced,
    )


def _items(page: Printed) -> Iterable[tuple[Cell, ...]]:
    shortfall = "欠课" if page.snapshot.is_over else "可能欠课"
    for child in page.short:
        yield shortfall, child.name, None, f"还差 {child.needs}", f"已送 / 应送 {child.done}"
    for flag in page.flags:
        kind = f"需说明事项（补充，属于 {flag.month}）" if flag.month else "需说明事项"
        yield kind, flag.name, flag.on, "：".join(filter(None, (flag.label, flag.words))), flag.answer or "未说明"
    for line in page.corrections:
        yield "更正", line.names, line.on, f"更正时间 {line.at}", line.reason
    for name, said in page.changes:
        yield "变动", name, None, said, None
    for request in page.requests:
        yield "问题与请求", None, None, None, request
