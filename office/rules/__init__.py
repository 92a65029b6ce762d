"""How values read, and how plain JSON is read: pure, no database, no clock."""

from office.rules.words import day_text, full_day_text, masked_name, masked_number, month_text, number_text

__all__ = ["day_text", "full_day_text", "masked_name", "masked_number", "month_text", "number_text"]
