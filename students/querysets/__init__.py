from students.querysets.cases import CaseQuerySet
from students.querysets.children import StudentQuerySet
from students.querysets.uploads import RosterUploadQuerySet

__all__ = ["CaseQuerySet", "RosterUploadQuerySet", "StudentQuerySet"]
