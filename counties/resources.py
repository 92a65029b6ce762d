"""The operator's tables of places as sheets, in and out."""

from __future__ import annotations

from import_export import fields, resources, widgets

from counties.models import Area, School


class AreaResource(resources.ModelResource):  # type: ignore[misc]
    code = fields.Field("code", "代码")
    name = fields.Field("name", "名称")

    class Meta:
        model = Area
        import_id_fields = ("code",)
        fields = ("code", "name")
        clean_model_instances = True
        skip_unchanged = True


class SchoolResource(resources.ModelResource):  # type: ignore[misc]
    code = fields.Field("code", "学校标识码")
    name = fields.Field("name", "学校名称")
    county = fields.Field("county", "县(区)代码", widgets.ForeignKeyWidget(Area))
    kind = fields.Field("kind", "类别")
    township = fields.Field("township", "乡镇代码", widgets.ForeignKeyWidget(Area))

    class Meta:
        model = School
        import_id_fields = ("code",)
        fields = ("code", "name", "county", "kind", "township")
        clean_model_instances = True
        skip_unchanged = True
