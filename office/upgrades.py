"""Operations of migrations that large tables can bear while everybody waits."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class AddColumn(migrations.AddField):
    """Adds a field with a constant default, no relation and no index: at once, however many rows there are.

    Django writes the whole table anew on SQLite, once a field, because the column's default would stay in the
    database. It may: nothing reads it. PostgreSQL does it at once by itself.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        field, quoted = model._meta.get_field(self.name), schema_editor.quote_name
        definition, _ = schema_editor.column_sql(model, field, include_default=True)
        if check := field.db_parameters(connection=schema_editor.connection)["check"]:
            definition += f" CHECK ({check})"
        schema_editor.execute(f"ALTER TABLE {quoted(model._meta.db_table)} ADD COLUMN {quoted(field.column)} {definition}", None)
