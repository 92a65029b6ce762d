"""Verdicts as pure functions on frozen values. Source: docs/rules.md."""
