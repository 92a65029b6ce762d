from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

from office.upgrades import AddColumn


def mark(apps, schema_editor):
    """All but the latest revision of a child's month no longer stand."""
    verdicts = apps.get_model("reports", "Verdict").objects
    same = {name: OuterRef(name) for name in ("student", "school", "month")}
    verdicts.filter(Exists(verdicts.filter(**same, revision__gt=OuterRef("revision")))).update(is_standing=False)


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_told_questions")]

    operations = [
        AddColumn("verdict", "is_standing", models.BooleanField("现行", default=True)),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddConstraint(
            "verdict",
            models.UniqueConstraint(fields=["student", "school", "month"], condition=Q(is_standing=True), name="verdict_stands_once"),
        ),
        migrations.AddIndex(
            "verdict", models.Index(fields=["month", "school"], condition=Q(is_standing=True), name="verdict_standing")
        ),
    ]
