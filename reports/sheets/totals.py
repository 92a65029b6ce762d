"""What a school's month comes to, as a sentence and as a table."""

from __future__ import annotations

from office.rules import number_text
from reports import rules
from reports.sheets.paper import mode_word, reason_word
from reports.sheets.snapshot import Snapshot


def opening(snapshot: Snapshot) -> str:
    """The verdict first: who, how much of what was owed, how many met it and how many did not."""
    of = snapshot.totals
    if snapshot.is_nil:
        return "本月没有要上报的送教记录，作零报告。"
    paused = f"（另有 {of.paused} 人暂停）" if of.paused else ""
    sentences = [
        f"本月在册学生 {of.on_roll} 人{paused}，应送 {of.owed} 次，已送 {of.delivered} 次，共 {number_text(of.lessons)} 课时。",
        f"实送率 {rules.share_text(of.rate)}，可控实送率 {rules.share_text(of.reachable_rate)}。",
        _verdicts(snapshot),
    ]
    if of.late_visits:
        sentences.append(f"另补报以前月份的送教 {of.late_visits} 次，计入其所属月份。")
    return "".join(sentences)


def _verdicts(snapshot: Snapshot) -> str:
    of = snapshot.totals
    if snapshot.is_over:
        return f"已达标 {of.met} 人，欠课 {of.short} 人。"
    return f"已达标 {of.met} 人，进行中 {of.on_track} 人，可能欠课 {of.at_risk} 人；本月尚未结束，结束后判定。"


def totals_rows(snapshot: Snapshot) -> list[tuple[str, str]]:
    of = snapshot.totals
    modes = "，".join(f"{mode_word(mode)} {count}" for mode, count in sorted(of.by_mode.items(), key=_mode_order) if count)
    missed = "，".join(f"{reason_word(code) or '未记原因'} {count}" for code, count in sorted(of.missed_by_reason.items()) if count)
    owed = "未规定" if of.year_owed is None else number_text(of.year_owed)
    return [
        ("在册学生", f"{of.on_roll} 人"),
        ("暂停", f"{of.paused} 人"),
        ("应送学生", f"{of.children_owed} 人"),
        ("已送到学生", f"{of.children_served} 人"),
        ("应送", f"{of.owed} 次"),
        ("已送", f"{of.delivered} 次"),
        ("实送率", rules.share_text(of.rate)),
        ("可控实送率", rules.share_text(of.reachable_rate)),
        ("已达标", f"{of.met} 人"),
        ("欠课", f"{of.short} 人") if snapshot.is_over else ("可能欠课", f"{of.at_risk} 人"),
        ("课时", number_text(of.lessons)),
        ("学年已送 / 应送课时", f"{number_text(of.year_delivered)} / {owed}"),
        ("形式", modes or "—"),
        ("未送成", f"{of.missed} 次{f'（{missed}）' if missed else ''}"),
    ]


def _mode_order(item: tuple[str, int]) -> int:
    return ["home", "centre", "remote"].index(item[0]) if item[0] in ("home", "centre", "remote") else 3
