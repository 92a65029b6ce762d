"""What was done is written down, in order, for good."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from office import anchors
from office.audit import record, viewed, viewed_each
from office.models import INSTALLATION, AuditChain, AuditLine
from office.verification import verify

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
TEACHER, CHILD = uuid.uuid4(), uuid.uuid4()


def write(count: int = 1, *, county: str = "450125") -> list[AuditLine]:
    return [
        record("student.revealed", subject=CHILD, by=TEACHER, at=NOW, county=county, detail={"field": "id_number"}) for _ in range(count)
    ]


def write_and_roll_back() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestLines:
    def test_lines_of_a_county_follow_one_another(self) -> None:
        first, second = write(2)
        (elsewhere,) = write(county="360922")
        here = record("user.sign_in_failed", subject=None, by=None, at=NOW)

        assert [first.number, second.number, elsewhere.number] == [1, 2, 1]
        assert (first.previous, second.previous) == ("", first.mac)
        assert here.chain_id == INSTALLATION
        assert set(AuditChain.objects.values_list("scope", "count", "head")) == {
            ("450125", 2, second.mac),
            ("360922", 1, elsewhere.mac),
            (INSTALLATION, 1, here.mac),
        }

    def test_a_line_reads_as_it_was_written(self) -> None:
        detail = {"fields": ["phone", "住址"], "day": NOW.date(), "who": CHILD, "share": Decimal("0.5"), "half": 0.5, "n": 3, "none": None}
        record("student.changed", subject=CHILD, by=TEACHER, at=NOW, county="450125", detail=detail)
        line = AuditLine.objects.get()
        assert (line.verb, line.subject, line.by, line.at) == ("student.changed", CHILD, TEACHER, NOW)
        assert line.detail == {
            "fields": ["phone", "住址"], "day": "2026-10-28", "who": str(CHILD), "share": "0.5", "half": "0.5", "n": 3, "none": None,
        }  # fmt: skip
        assert line.signature() == line.mac

    def test_a_line_is_gone_with_the_transaction_it_tells_of(self) -> None:
        write()
        write_and_roll_back()
        assert AuditChain.objects.get().count == AuditLine.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            lambda line: line.save(),
            lambda line: line.delete(),
            lambda _: AuditLine.objects.update(verb="x"),
            lambda line: AuditLine.objects.bulk_update([line], ["verb"]),
            lambda line: AuditLine.objects.bulk_create([line]),
            lambda _: AuditLine.objects.all().delete(),
            lambda _: AuditLine.objects.create(verb="x"),
        ],
    )
    def test_lines_are_neither_changed_nor_deleted_nor_added_otherwise(self, change: Any) -> None:
        (line,) = write()
        with pytest.raises(TypeError):
            change(line)
        assert list(AuditLine.objects.values_list("verb", flat=True)) == ["student.revealed"]

    def test_the_audit_is_filtered_by_chain_time_person_and_subject(self) -> None:
        write()
        clerk, school = uuid.uuid4(), uuid.uuid4()
        other = record("school.changed", subject=school, by=clerk, at=NOW + timedelta(hours=1), county="360922")
        lines = AuditLine.objects.newest_first()
        assert [line.number for line in lines.of("360922")] == [1]
        assert lines.first() == other
        for filtered in (
            lines.of("360922"),
            lines.between(other.at, NOW + timedelta(hours=2)),
            lines.done_by(clerk),
            lines.about(school),
        ):
            assert list(filtered) == [other]
        assert list(lines.between(NOW, other.at).values_list("chain", flat=True)) == ["450125"]

    def test_a_person_reads_the_chains_they_may(self) -> None:
        class Somebody:
            def __init__(self, scopes: frozenset[str] | None) -> None:
                self.audit_scopes = scopes

        write()
        write(county="360922")
        seen = {scopes: AuditLine.objects.visible_to(Somebody(scopes)).count() for scopes in (None, frozenset({"360922"}), frozenset())}
        assert seen == {None: 2, frozenset({"360922"}): 1, frozenset(): 0}


@pytest.mark.django_db
class TestViews:
    def view(self, minutes: float = 0, *, kind: str = "student", subject: uuid.UUID = CHILD, by: uuid.UUID = TEACHER) -> int:
        viewed(kind, subject=subject, by=by, at=NOW + timedelta(minutes=minutes), county="450125")
        return AuditLine.objects.count()

    def test_looking_again_within_ten_minutes_is_the_same_look(self) -> None:
        assert [self.view(0), self.view(3), self.view(9.9), self.view(10), self.view(11)] == [1, 1, 1, 2, 2]

    def test_several_children_cost_as_much_as_one(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        children = [uuid.uuid4() for _ in range(5)]
        self.view(subject=children[0])
        with django_assert_num_queries(4):  # who was seen before; the chain's lock, the lines, the chain's new end
            viewed_each("student", subjects=children, by=TEACHER, at=NOW + timedelta(minutes=1), county="450125")
        with django_assert_num_queries(1):
            viewed_each("student", subjects=children, by=TEACHER, at=NOW + timedelta(minutes=2), county="450125")
        lines = list(AuditLine.objects.all())
        assert [line.subject for line in lines] == children
        assert [line.previous for line in lines] == ["", *(line.mac for line in lines[:-1])]
        assert all(line.mac == line.signature() for line in lines)

    def test_another_person_child_or_kind_is_another_look(self) -> None:
        assert [self.view(), self.view(by=uuid.uuid4()), self.view(subject=uuid.uuid4()), self.view(kind="photos")] == [1, 2, 3, 4]
        assert set(AuditLine.objects.values_list("verb", flat=True)) == {"student.viewed", "photos.viewed"}


def anchor_file() -> Path:
    return Path(settings.AUDIT_ANCHORS) / "450125.json"


def run_verify(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = 0
    try:
        call_command("verify_audit", "--json")
    except SystemExit as stop:
        status = int(str(stop.code))
    return status, json.loads(capsys.readouterr().out)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "the alteration altered nothing"


OTHER = {
    "number": 999,
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "verb": "student.viewed",
    "by": uuid.uuid4(),
    "subject": uuid.uuid4(),
    "detail": '{"field": "phone"}',
    "previous": "f" * 64,
    "mac": "f" * 64,
}
GARBAGE = {"number": "x", "at": "no time", "by": "nobody", "subject": "nothing", "mac": ""}


def as_stored(value: Any) -> Any:
    if isinstance(value, uuid.UUID) and connection.vendor == "sqlite":
        return value.hex
    return str(value) if isinstance(value, uuid.UUID | datetime) else value


@pytest.mark.django_db(transaction=True)
class TestTampering:
    def test_a_whole_chain_is_found_whole(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(3)
        write(2, county="360922")
        chains = [{"chain": "360922", "lines": 2}, {"chain": "450125", "lines": 3}]
        assert run_verify(capsys) == (0, {"chains": chains, "faults": []})
        call_command("verify_audit")
        assert capsys.readouterr().out == "审计链 360922：2 行，完好。\n审计链 450125：3 行，完好。\n"

    def test_an_empty_audit_is_whole(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run_verify(capsys) == (0, {"chains": [], "faults": []})

    @pytest.mark.parametrize("line", [1, 3, 5])
    @pytest.mark.parametrize("column", OTHER)
    def test_every_column_of_every_line(self, column: str, line: int, capsys: pytest.CaptureFixture[str]) -> None:
        write(5)
        sql(f'UPDATE office_auditline SET "{column}" = %s WHERE number = %s', as_stored(OTHER[column]), line)
        status, told = run_verify(capsys)
        assert status == 1
        assert (told["faults"][0]["chain"], told["faults"][0]["line"]) == ("450125", line)
        assert f"第 {line} 行" in told["faults"][0]["message"]

    @pytest.mark.parametrize("line", [1, 3, 5])
    @pytest.mark.parametrize("column", ["by", "subject"])
    def test_a_name_removed(self, column: str, line: int, capsys: pytest.CaptureFixture[str]) -> None:
        write(5)
        sql(f'UPDATE office_auditline SET "{column}" = NULL WHERE number = %s', line)
        assert run_verify(capsys)[1]["faults"][0]["line"] == line

    @pytest.mark.parametrize("column", GARBAGE)
    def test_what_is_no_longer_a_value_is_a_fault_not_a_crash(self, column: str, capsys: pytest.CaptureFixture[str]) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL itself refuses such values")
        write(5)
        sql(f'UPDATE office_auditline SET "{column}" = %s WHERE number = 3', GARBAGE[column])
        status, told = run_verify(capsys)
        assert status == 1
        assert column == "number" or told["faults"][0]["line"] == 3

    def test_a_line_moved_to_another_chain(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(5)
        write(2, county="360922")
        sql("UPDATE office_auditline SET chain_id = '360922' WHERE number = 5")
        assert {fault["chain"] for fault in run_verify(capsys)[1]["faults"]} == {"450125", "360922"}

    @pytest.mark.parametrize("line", [1, 3, 5])
    def test_a_line_deleted(self, line: int, capsys: pytest.CaptureFixture[str]) -> None:
        write(5)
        sql("DELETE FROM office_auditline WHERE number = %s", line)
        status, told = run_verify(capsys)
        assert (status, told["faults"][0]["line"]) == (1, line)

    @pytest.mark.parametrize("kept", [0, 1, 4])
    def test_a_tail_cut_off_with_the_head_set_back(self, kept: int, capsys: pytest.CaptureFixture[str]) -> None:
        lines = write(5)
        sql("DELETE FROM office_auditline WHERE number > %s", kept)
        sql("UPDATE office_auditchain SET count = %s, head = %s", kept, lines[kept - 1].mac if kept else "")
        status, told = run_verify(capsys)
        assert (status, len(told["faults"])) == (1, 1)
        assert f"锚到第 5 行，数据库里只到第 {kept} 行" in told["faults"][0]["message"]

    def test_a_whole_chain_deleted(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(2)
        sql("DELETE FROM office_auditline")
        sql("DELETE FROM office_auditchain")
        assert run_verify(capsys)[0] == 1

    def test_the_head_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(3)
        for statement in (
            "UPDATE office_auditchain SET count = 2",
            "UPDATE office_auditchain SET head = 'f'",
            "DELETE FROM office_auditchain",
        ):
            with transaction.atomic():
                with connection.constraint_checks_disabled() if connection.vendor == "sqlite" else transaction.atomic():
                    sql(statement) if connection.vendor == "sqlite" or "DELETE" not in statement else sql(
                        "UPDATE office_auditchain SET count = 9"
                    )
                assert run_verify(capsys)[0] == 1
                transaction.set_rollback(True)
        assert run_verify(capsys)[0] == 0

    def test_a_line_inserted_with_a_digest_of_its_own(self, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """Well chained and well hashed, and the head follows; but without the key."""
        lines = write(3)
        key, settings.AUDIT_KEY = settings.AUDIT_KEY, "guessed"
        forge(after=lines[-1])
        settings.AUDIT_KEY = key
        status, told = run_verify(capsys)
        assert (status, told["faults"][0]["line"]) == (1, 4)
        assert "不是本系统写的" in told["faults"][0]["message"]

    def test_a_line_added_with_the_key_but_not_by_the_product(self, capsys: pytest.CaptureFixture[str]) -> None:
        forge(after=write(3)[-1], move_head=False)
        assert "另外添加" in run_verify(capsys)[1]["faults"][0]["message"]

    def test_a_chain_written_anew_with_the_key(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Every line and the head agree with each other: only the anchor outside the database does not."""
        write(5)
        rewrite_with_the_key()
        status, told = run_verify(capsys)
        assert (status, len(told["faults"])) == (1, 1)
        assert "第 5 行与数据库外的锚不符" in told["faults"][0]["message"]

        anchor_file().unlink()
        assert "锚文件不见了" in run_verify(capsys)[1]["faults"][0]["message"]

    def test_an_anchor_written_by_somebody_else(self, capsys: pytest.CaptureFixture[str]) -> None:
        write(2)
        path = anchor_file()
        for content in (path.read_text().replace('"count": 2', '"count": 1'), "{}", "[]", ""):
            path.write_text(content)
            assert "锚文件被改过" in run_verify(capsys)[1]["faults"][0]["message"]
        write()
        assert run_verify(capsys)[0] == 1, "the evidence was overwritten"


def forge(*, after: AuditLine, move_head: bool = True) -> None:
    line = AuditLine(chain=after.chain, number=after.number + 1, at=NOW, verb="x", by=None, subject=None, detail={}, previous=after.mac)
    line.mac = line.signature()
    line.save(force_insert=True)
    if move_head:
        AuditChain.objects.filter(scope=after.chain_id).update(count=line.number, head=line.mac)


def rewrite_with_the_key() -> None:
    previous = ""
    for line in AuditLine.objects.order_by("number"):
        line.verb, line.previous = "student.viewed", previous
        previous = line.signature()
        sql(
            "UPDATE office_auditline SET verb = %s, previous = %s, mac = %s WHERE number = %s",
            line.verb,
            line.previous,
            previous,
            line.number,
        )
    sql("UPDATE office_auditchain SET head = %s", previous)


@pytest.mark.django_db(transaction=True)
class TestAnchors:
    def test_a_line_that_was_not_committed_is_not_anchored(self) -> None:
        write(2)
        write_and_roll_back()
        anchor = anchors.read("450125")
        assert anchor is not None
        assert (anchor.count, anchor.head) == (2, AuditLine.objects.get(number=2).mac)

    def test_the_lines_of_one_transaction_are_anchored_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written: list[int] = []
        write_file = anchors.write

        def write_and_tell(anchor: anchors.Anchor) -> None:
            written.append(anchor.count)
            write_file(anchor)

        monkeypatch.setattr(anchors, "write", write_and_tell)
        with transaction.atomic():
            write(50)
        assert written == [50]

    def test_a_missing_anchor_is_told_but_not_in_a_chain_that_has_just_begun(self, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
        with transaction.atomic():
            write(50)
        assert "was missing" not in caplog.text
        (settings.AUDIT_ANCHORS / "450125.json").unlink()
        write()
        assert "the anchor of audit chain 450125 was missing at line 51" in caplog.text

    def test_killed_between_commit_and_anchor(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        write(2)
        with monkeypatch.context() as patch:
            patch.setattr(anchors, "write", lambda anchor: 1 / 0)
            write(2)
        assert anchors.read("450125").count == 2  # type: ignore[union-attr]
        assert run_verify(capsys)[0] == 0
        write()
        assert anchors.read("450125").count == 5  # type: ignore[union-attr]
        assert run_verify(capsys)[0] == 0

    def test_killed_before_the_first_anchor(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(anchors, "write", lambda anchor: 1 / 0)
        write()
        assert run_verify(capsys)[0] == 0

    def test_no_draft_is_left_beside_the_anchors(self, settings: Any) -> None:
        write(3)
        assert [path.name for path in settings.AUDIT_ANCHORS.iterdir()] == ["450125.json"]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_chain() -> None:
    def work() -> None:
        try:
            write(5)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    failures: list[Exception] = []
    threads = [Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert AuditChain.objects.get().count == AuditLine.objects.count() == 100
    assert list(verify("450125")) == []
