"""Who is to sign a plan follows from who took part; who signed is matched to them, each once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.rules.signing import Signer, kind_of, matched, signers


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        *(("监护人", "guardian"), ("祖母", "guardian"), ("学生家长", "guardian"), ("班主任", "teacher"), ("送教教师", "teacher")),
        *(("校长", "leader"), ("教务主任", "leader"), ("村干部", "other"), ("", "other"), ("康复师", "teacher")),
    ],
)
def test_a_role_says_as_what_somebody_signs(role: str, kind: str) -> None:
    assert kind_of(role) == kind


def test_whoever_took_part_is_asked_and_others_stand_in_where_nobody_did() -> None:
    took_part = [{"name": "覃母", "role": "母亲"}, {"name": "韦志玲", "role": "送教教师"}, {"name": "农大山", "role": "村干部"}]
    asked = signers(took_part, teachers=["别的老师"], leader="黄校长")
    assert [(each.kind, each.name) for each in asked] == [
        *(("guardian", "覃母"), ("teacher", "韦志玲"), ("leader", "黄校长"), ("other", "农大山"))
    ]
    nobody = signers([], teachers=["韦志玲", "蒙老师"], leader="")
    assert [(each.kind, each.name) for each in nobody] == [("guardian", ""), ("teacher", "韦志玲"), ("teacher", "蒙老师"), ("leader", "")]


NAMES = st.sampled_from(["", "覃母", "韦志玲", "·"])
SIGNERS = st.lists(st.builds(Signer, st.sampled_from(["guardian", "teacher", "leader", "other"]), NAMES), max_size=6)


@given(asked=SIGNERS, signed=SIGNERS)
def test_every_signature_stands_in_one_row_and_every_signer_has_a_row(asked: list[Signer], signed: list[Signer]) -> None:
    rows = matched(asked, signed)

    assert Counter(at for _, at in rows if at is not None) == Counter(range(len(signed)))
    assert [signer for signer, _ in rows[: len(asked)]] == asked
    for signer, at in rows:
        if at is not None:
            assert signed[at].kind == signer.kind
            assert signer.name in ("", signed[at].name)
    left = [signer for signer, at in rows[: len(asked)] if at is None]
    extra = [signer for signer, _ in rows[len(asked) :]]
    assert not {(one.kind, one.name) for one in left} & {(one.kind, one.name) for one in extra}  # nobody is asked who has signed
