from reports.actions.verdicts import VerdictsMade, make_verdicts

__all__ = ["VerdictsMade", "make_verdicts"]
