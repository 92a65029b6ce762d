"""How values read on a page."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("filtered", "value", "reads"),
    [
        ("day", date(2026, 10, 28), "10月28日 周三"),
        ("full_day", date(2026, 10, 8), "2026年10月8日"),
        ("month", date(2026, 10, 1), "2026年10月"),
        ("clock", datetime(2026, 10, 28, 9, 5, tzinfo=SHANGHAI), "09:05"),
        ("moment", datetime(2026, 10, 27, 16, 30, tzinfo=ZoneInfo("UTC")), "2026年10月28日 00:30"),
        ("number", Decimal("3.00"), "3"),
        ("number", Decimal("2.50"), "2.5"),
        ("number", Decimal(100), "100"),
        ("number", 0, "0"),
        ("number", None, "—"),
        ("day", None, "—"),
        ("ruled", Decimal(60), "60"),
        ("ruled", None, "未规定"),
        ("masked_name", "覃小远", "覃××"),
        ("masked_name", "", ""),
        ("masked_number", "450125201403080007", "****************07"),
        ("masked_number", "123", "***"),
    ],
)
def test_a_value_reads_as_people_say_it(filtered: str, value: object, reads: str) -> None:
    assert Template("{% load words %}{{ value|" + filtered + " }}").render(Context({"value": value})) == reads
