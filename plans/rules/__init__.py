"""What may be, and how it reads: pure, no database, no clock."""
