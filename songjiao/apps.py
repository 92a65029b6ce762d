from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The operator's tables, under the product's own sign-in."""

    default_site = "songjiao.admin.OperatorSite"
