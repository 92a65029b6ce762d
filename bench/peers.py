"""What the product is measured against: the same questions put to the database by hand.

`month_by_hand` reads everything a county's month is judged from and lets the database do the sums: children with
their pauses; per child what was delivered, missed and planned, the lessons, the modes, and of each flag how often it
was raised (teams counted, overlaps of people and of children by self join, twins of texts looked up); the year's
lessons; the teachers' outings. What it leaves out is what the product computes from them in Python: owed visits and
lessons from the calendar, verdicts, forecasts, latest safe dates. `month_in_short` only counts visits and lessons.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

CHILDREN = """
SELECT c.student_id, s.name, s.birth_on, c.school_id, c.starts_on, c.ends_on, c.mainly_remote_until, p.starts_on, p.ends_on
FROM students_case c
JOIN students_student s ON s.id = c.student_id
LEFT JOIN students_pause p ON p.case_id = c.id
WHERE c.school_id IN (SELECT id FROM counties_school WHERE county_id = %(county)s)
  AND c.state IN ('active', 'suspended', 'exiting', 'exited')
  AND c.starts_on <= %(last)s AND (c.ends_on IS NULL OR c.ends_on > %(first)s)
ORDER BY c.starts_on, c.id, p.starts_on
"""

RECORDS = """
month AS (
  SELECT r.id, r.visit_id, r.student_id, r.school_id, r.present, r.lessons, r.teaching_key, r.absent_reason,
         v.starts_at, v.ends_at, v.mode, v.state, v.missed_reason,
         CASE WHEN v.state = 'done' AND r.present AND r.lessons > 0
               AND v.purpose IN ('teaching', 'rehabilitation', 'training', 'assessment') THEN 1 ELSE 0 END AS given
  FROM visits_visitrecord r JOIN visits_visit v ON v.id = r.visit_id
  WHERE r.school_id IN (SELECT id FROM counties_school WHERE county_id = %(county)s)
    AND r."on" BETWEEN %(first)s AND %(last)s
    AND (v.state IN ('done', 'missed') AND v.starts_at <= %(as_of)s OR v.state = 'planned' AND v.starts_at > %(as_of)s)
)"""

PEOPLE = """
outings AS (
  SELECT p.visit_id, p.user_id, v.starts_at, v.ends_at, v.state
  FROM visits_visitperson p JOIN visits_visit v ON v.id = p.visit_id
  WHERE v.school_id IN (SELECT id FROM counties_school WHERE county_id = %(county)s)
    AND v."on" BETWEEN %(first)s AND %(last)s AND v.state IN ('done', 'missed') AND v.starts_at <= %(as_of)s
)"""

CLASHES = """
teams AS (SELECT visit_id, COUNT(*) AS people, COUNT(user_id) AS teachers FROM outings GROUP BY visit_id),
clashes AS (
  SELECT a.visit_id FROM outings a JOIN outings b ON b.user_id = a.user_id AND b.visit_id <> a.visit_id
    AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
  UNION
  SELECT a.visit_id FROM month a JOIN month b ON b.student_id = a.student_id AND b.visit_id <> a.visit_id
    AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at WHERE a.state <> 'planned' AND b.state <> 'planned'
)
"""

SUMS = """
SELECT m.student_id, m.school_id,
  SUM(m.given), SUM(CASE WHEN m.given = 1 THEN CASE WHEN m.lessons > 6 THEN 6 ELSE m.lessons END ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND m.mode = 'home' THEN 1 ELSE 0 END), SUM(CASE WHEN m.given = 1 AND m.mode = 'centre' THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND m.mode = 'remote' THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.state = 'missed' OR m.state = 'done' AND NOT m.present THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.missed_reason IN ('hospital', 'away', 'weather') OR m.absent_reason IN ('hospital', 'away', 'weather') THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.state = 'planned' THEN 1 ELSE 0 END), MAX(CASE WHEN m.given = 1 THEN m.starts_at END),
  SUM(CASE WHEN m.given = 1 AND m.mode <> 'remote' AND (COALESCE(t.people, 0) < 2 OR COALESCE(t.teachers, 0) = 0) THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND (SOONER OR LATER) THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND MINUTES < 0.75 * m.lessons * 40 THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND m.visit_id IN (SELECT visit_id FROM clashes) THEN 1 ELSE 0 END),
  SUM(CASE WHEN m.given = 1 AND m.teaching_key <> '' AND EXISTS (
    SELECT 1 FROM visits_visitrecord o JOIN visits_visit w ON w.id = o.visit_id
    WHERE o.student_id = m.student_id AND o.teaching_key = m.teaching_key AND NOT (o.teaching_key = '') AND o.id <> m.id
      AND o.present AND o.lessons > 0 AND w.state = 'done' AND w.starts_at <= %(as_of)s
  ) THEN 1 ELSE 0 END)
FROM month m LEFT JOIN teams t ON t.visit_id = m.visit_id
GROUP BY m.student_id, m.school_id
"""

FIGURES = f"WITH {RECORDS}, {PEOPLE}, {CLASHES} {SUMS}"

YEAR = """
SELECT r.student_id,
  SUM(CASE WHEN v.state = 'done' AND v.starts_at <= %(as_of)s AND r.present
            AND v.purpose IN ('teaching', 'rehabilitation', 'training', 'assessment')
           THEN CASE WHEN r.lessons > 6 THEN 6 ELSE r.lessons END ELSE 0 END),
  SUM(CASE WHEN v.state = 'planned' AND v.starts_at > %(as_of)s THEN 1 ELSE 0 END)
FROM visits_visitrecord r JOIN visits_visit v ON v.id = r.visit_id
WHERE r.school_id IN (SELECT id FROM counties_school WHERE county_id = %(county)s)
  AND r."on" BETWEEN %(year_first)s AND %(year_last)s
GROUP BY r.student_id
"""

TEACHERS = f"""
WITH {PEOPLE}, found AS (
  SELECT o.visit_id, o.user_id,
    CASE WHEN o.state = 'done' AND EXISTS (SELECT 1 FROM visits_visitrecord r WHERE r.visit_id = o.visit_id AND r.present) THEN 1 ELSE 0 END
    AS found
  FROM outings o WHERE o.user_id IS NOT NULL
)
SELECT u.id, u.name, p.role, s.code, COALESCE(SUM(f.found), 0), COALESCE(SUM(1 - f.found), 0)
FROM accounts_post p JOIN accounts_user u ON u.id = p.user_id JOIN counties_school s ON s.id = p.school_id
LEFT JOIN found f ON f.user_id = u.id
WHERE s.county_id = %(county)s AND (p.starts_on IS NULL OR p.starts_on <= %(last)s) AND (p.ends_on IS NULL OR p.ends_on > %(first)s)
GROUP BY u.id, u.name, p.role, s.code
"""

IN_SHORT = f"""
WITH {RECORDS}
SELECT student_id, SUM(given), SUM(CASE WHEN given = 1 THEN lessons ELSE 0 END),
  SUM(CASE WHEN given = 1 AND mode = 'home' THEN 1 ELSE 0 END),
  SUM(CASE WHEN given = 1 AND mode = 'remote' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END)
FROM month GROUP BY student_id
"""


NAMES = "student_id, school_id, given, lessons, home, centre, remote, missed, excused, planned, last"
NAMES += ", team, hours, times, clash, twin"

VERDICTS = """
INSERT INTO reports_verdict (student_id, school_id, month, revision, outcome, owed, delivered, reachable, lessons,
  short_visits, short_lessons, surplus_visits, surplus_lessons, flags, made_at, is_standing)
WITH FIGURES_FIRST
SELECT c.student_id, c.school_id, %(first)s, 1, CASE WHEN COALESCE(f.given, 0) >= 2 THEN 'met' ELSE 'short' END, 2, COALESCE(f.given, 0),
  CASE WHEN COALESCE(f.excused, 0) >= 2 THEN 0 ELSE 2 - COALESCE(f.excused, 0) END, COALESCE(f.lessons, 0),
  CASE WHEN COALESCE(f.given, 0) >= 2 THEN 0 ELSE 2 - COALESCE(f.given, 0) END,
  CASE WHEN COALESCE(f.lessons, 0) >= 6 THEN 0 ELSE 6 - COALESCE(f.lessons, 0) END,
  CASE WHEN COALESCE(f.given, 0) > 2 THEN f.given - 2 ELSE 0 END, CASE WHEN COALESCE(f.lessons, 0) > 6 THEN f.lessons - 6 ELSE 0 END,
  CAST('[' || RTRIM(CASE WHEN f.team > 0 THEN '"team",' ELSE '' END || CASE WHEN f.hours > 0 THEN '"hours",' ELSE '' END
    || CASE WHEN f.times > 0 THEN '"short",' ELSE '' END || CASE WHEN f.clash > 0 THEN '"overlap",' ELSE '' END
    || CASE WHEN f.twin > 0 THEN '"twin",' ELSE '' END, ',') || ']' AS JSON_TYPE), %(as_of)s, TRUE
FROM students_case c LEFT JOIN figures f ON f.student_id = c.student_id AND f.school_id = c.school_id
WHERE c.school_id IN (SELECT id FROM counties_school WHERE county_id = %(county)s)
  AND c.state IN ('active', 'suspended', 'exiting', 'exited')
  AND c.starts_on <= %(last)s AND (c.ends_on IS NULL OR c.ends_on > %(first)s)
"""

BY_SUMS = f"{RECORDS}, {PEOPLE}, {CLASHES}, figures ({NAMES}) AS ({SUMS})"
BY_COUNTING = f"""{RECORDS}, figures AS (
  SELECT student_id, school_id, SUM(given) AS given, SUM(CASE WHEN given = 1 THEN lessons ELSE 0 END) AS lessons,
    SUM(CASE WHEN missed_reason IN ('hospital', 'away', 'weather') OR absent_reason IN ('hospital', 'away', 'weather') THEN 1 ELSE 0 END)
    AS excused, 0 AS team, 0 AS hours, 0 AS times, 0 AS clash, 0 AS twin
  FROM month GROUP BY student_id, school_id
)"""

COUNTIES = """
WITH children AS (
  SELECT s.county_id AS county, c.student_id, c.school_id
  FROM students_case c JOIN counties_school s ON s.id = c.school_id
  WHERE s.county_id LIKE %(below)s AND c.state IN ('active', 'suspended', 'exiting', 'exited')
    AND c.starts_on <= %(last)s AND (c.ends_on IS NULL OR c.ends_on > %(first)s)
), given AS (
  SELECT r.student_id, r.school_id,
    SUM(CASE WHEN v.state = 'done' AND r.present AND r.lessons > 0
              AND v.purpose IN ('teaching', 'rehabilitation', 'training', 'assessment') THEN 1 ELSE 0 END) AS visits,
    SUM(CASE WHEN v.missed_reason IN ('hospital', 'away', 'weather') OR r.absent_reason IN ('hospital', 'away', 'weather')
             THEN 1 ELSE 0 END) AS excused
  FROM visits_visitrecord r JOIN visits_visit v ON v.id = r.visit_id
  WHERE r.school_id IN (SELECT id FROM counties_school WHERE county_id LIKE %(below)s)
    AND r."on" BETWEEN %(first)s AND %(last)s AND v.state IN ('done', 'missed') AND v.starts_at <= %(as_of)s
  GROUP BY r.student_id, r.school_id
)
SELECT c.county, COUNT(*), SUM(2), SUM(COALESCE(g.visits, 0)), SUM(CASE WHEN g.visits >= 2 THEN 2 ELSE COALESCE(g.visits, 0) END),
  SUM(CASE WHEN g.excused >= 2 THEN 0 ELSE 2 - COALESCE(g.excused, 0) END), SUM(CASE WHEN g.visits >= 2 THEN 1 ELSE 0 END)
FROM children c LEFT JOIN given g ON g.student_id = c.student_id AND g.school_id = c.school_id
GROUP BY c.county
"""

_DIALECT = {  # times of day in Asia/Shanghai, and minutes between two moments
    "postgresql": {
        "SOONER": "(m.starts_at AT TIME ZONE 'Asia/Shanghai')::time < '08:00'",
        "LATER": "(m.ends_at AT TIME ZONE 'Asia/Shanghai')::time > '18:00'",
        "MINUTES": "EXTRACT(EPOCH FROM m.ends_at - m.starts_at) / 60",
        "JSON_TYPE": "jsonb",
    },
    "sqlite": {
        "SOONER": "time(m.starts_at, '+8 hours') < '08:00:00'",
        "LATER": "time(m.ends_at, '+8 hours') > '18:00:00'",
        "MINUTES": "(julianday(m.ends_at) - julianday(m.starts_at)) * 1440",
        "JSON_TYPE": "text",
    },
}


def month_by_hand(county: str, first: date, last: date, year: tuple[date, date], as_of: datetime) -> list[list[tuple[Any, ...]]]:
    """The rows of the four questions."""
    asked = {"county": county, "first": first, "last": last, "as_of": as_of, "year_first": year[0], "year_last": year[1]}
    return [_ask(question, asked) for question in (CHILDREN, FIGURES, YEAR, TEACHERS)]


def verdicts_by_hand(county: str, first: date, last: date, as_of: datetime) -> None:
    """One INSERT … SELECT: a verdict for each child, with the questions raised; two visits and six lessons are owed."""
    asked = {"county": county, "first": first, "last": last, "as_of": as_of}
    _run(VERDICTS.replace("FIGURES_FIRST", BY_SUMS), asked)


def verdicts_in_short(county: str, first: date, last: date, as_of: datetime) -> None:
    """The same without any question raised."""
    asked = {"county": county, "first": first, "last": last, "as_of": as_of}
    _run(VERDICTS.replace("FIGURES_FIRST", BY_COUNTING), asked)


def counties_by_hand(province: str, first: date, last: date, as_of: datetime) -> list[tuple[Any, ...]]:
    """What each county of a province owed and delivered, counted from its visits."""
    return _ask(COUNTIES, {"below": f"{province}%", "first": first, "last": last, "as_of": as_of})


def month_in_short(county: str, first: date, last: date, as_of: datetime) -> list[tuple[Any, ...]]:
    return _ask(IN_SHORT, {"county": county, "first": first, "last": last, "as_of": as_of})


def _ask(question: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        _execute(cursor, question, asked)
        return list(cursor.fetchall())


def _run(change: str, asked: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        _execute(cursor, change, asked)


def _execute(cursor: Any, text: str, asked: dict[str, Any]) -> None:
    for word, said in _DIALECT[connection.vendor].items():
        text = text.replace(word, said)
    moments = {name: connection.ops.adapt_datetimefield_value(value) for name, value in asked.items() if isinstance(value, datetime)}
    cursor.execute(text, asked | moments)
