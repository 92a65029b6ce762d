from students.querysets.cases import CaseQuerySet
from students.querysets.children import StudentQuerySet
from students.querysets.consents import ConsentQuerySet
from students.querysets.uploads import RosterUploadQuerySet

__all__ = ["CaseQuerySet", "ConsentQuerySet", "RosterUploadQuerySet", "StudentQuerySet"]
