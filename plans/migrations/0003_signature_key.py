import uuid

from django.db import migrations, models


def give_keys(apps, schema_editor):
    signatures = apps.get_model("plans", "PlanSignature").objects.using(schema_editor.connection.alias)
    for pk in signatures.values_list("pk", flat=True):
        signatures.filter(pk=pk).update(key=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_plan_writers")]

    operations = [
        migrations.AddField("plansignature", "key", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField("plansignature", "key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
    ]
