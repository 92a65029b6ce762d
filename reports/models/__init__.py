"""What leaves the house: submissions, which are what a school says of a month, and verdicts, which are what it came to."""

from reports.models.submissions import FiledCorrection, Filing, LineReturn, Submission
from reports.models.verdicts import JUDGED, Verdict

__all__ = ["JUDGED", "FiledCorrection", "Filing", "LineReturn", "Submission", "Verdict"]
