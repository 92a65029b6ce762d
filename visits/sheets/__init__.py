"""What the pages and the papers of visits show, frozen before a template prints it."""

from visits.sheets.progress import print_progress
from visits.sheets.summing import SummaryPage, print_summary, summary_page

__all__ = ["SummaryPage", "print_progress", "print_summary", "summary_page"]
