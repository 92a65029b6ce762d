"""What submissions that stand have told is noted, from what they froze."""

import json
from uuid import UUID

from django.db import migrations


def note(apps, schema_editor):
    submissions = apps.get_model("reports", "Submission").objects.filter(state__in=["submitted", "accepted"]).exclude(snapshot="")
    told = apps.get_model("visits", "ToldQuestion")
    for submission in submissions.only("pk", "snapshot").iterator(chunk_size=50):
        visits = [visit for line in json.loads(submission.snapshot)["lines"] for visit in line["visits"]]
        rows = [
            told(record_id=UUID(visit["record"]), code=flag["code"], evidence=flag["evidence"], submission=submission.pk)
            for visit in visits
            for flag in visit["flags"]
            if flag["travels"]
        ]
        told.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_log_and_file"), ("visits", "0003_told_questions")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
