"""Backups: whole copies of the database and the private files, proven by hashes when made and before they are put back.

    DIR/files/ab/ab12…              private files, sealed as the product keeps them; shared by all backups
    DIR/2026-10-28T02-00-00/        one backup: database.sqlite3 or database.dump, manifest.json, manifest.sum

The keys are in none of it. docs/decisions/10-backups.md says why it is so.
"""

from office.backups.making import Made, make
from office.backups.restoring import Restored, checked, restore
from office.backups.store import chosen, latest, prune

__all__ = ["Made", "Restored", "checked", "chosen", "latest", "make", "prune", "restore"]
