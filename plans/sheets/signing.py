"""The signatures of a plan as its pages and its paper show them: who is to sign, who has, with what."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from office import files
from office.pdf import Medium
from office.rules.strokes import height_of_strokes, lines_of_strokes
from plans.models import Plan, PlanSignature
from plans.rules.content import PlanContent
from plans.rules.signing import Signer, matched, signers

KINDS = dict(PlanSignature.Kind.choices)


@dataclass(frozen=True)
class Signed:
    """One signature; without `is_shown` that it was given, not how it looks."""

    pk: int
    kind: str
    name: str
    relation: str
    on: date
    by: UUID
    is_paper: bool
    lines: tuple[str, ...]
    height: int
    paper: str  # its id
    version: int
    is_of_this: bool  # over what the plan says, not an older version of it


@dataclass(frozen=True)
class SignRow:
    """Somebody who is to sign, with the signature when there is one. `place` is the row's place in the list."""

    place: int
    signer: Signer
    kind: str
    signed: Signed | None

    @property
    def name(self) -> str:
        return self.signed.name if self.signed else self.signer.name

    @property
    def relation(self) -> str:
        return (self.signed.relation if self.signed else "") or self.signer.relation


def signed_of(plan: Plan, signatures: Iterable[PlanSignature], *, is_shown: bool) -> list[Signed]:
    """Signatures of the plan and of its earlier versions; strokes and papers stay with the school."""
    return [
        Signed(
            pk=each.pk,
            kind=str(each.get_kind_display()),
            name=each.name,
            relation=each.relation,
            on=each.on,
            by=each.by_id,
            is_paper=each.paper_id is not None,
            lines=tuple(lines_of_strokes(each.strokes)) if is_shown else (),
            height=height_of_strokes(each.strokes),
            paper=str(each.paper_id) if each.paper_id and is_shown else "",
            version=each.plan.version,
            is_of_this=each.plan_id == plan.pk and each.digest == plan.digest,
        )
        for each in signatures
    ]


def sign_rows(plan: Plan, signatures: Sequence[PlanSignature], *, teachers: Sequence[str], leader: str, is_shown: bool) -> list[SignRow]:
    """Who is to sign this version and who has; then who signed without having been asked for."""
    own = [each for each in signatures if each.plan_id == plan.pk]
    asked = signers(PlanContent.read(plan.content).participants, teachers=teachers, leader=leader)
    given = signed_of(plan, own, is_shown=is_shown)
    rows = matched(asked, [Signer(each.kind, each.name, each.relation) for each in own])
    return [SignRow(place, signer, KINDS[signer.kind], None if at is None else given[at]) for place, (signer, at) in enumerate(rows)]


def papers_of(signatures: Iterable[PlanSignature]) -> dict[str, Medium]:
    """The signed papers as they are kept, by their id; without those whose file does not open any more."""
    found = {}
    for each in signatures:
        if each.paper:
            with contextlib.suppress(files.Unreadable):
                found[str(each.paper_id)] = Medium(each.paper.content_type, files.read(each.paper))
    return found
