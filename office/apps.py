from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "办公"

    def ready(self) -> None:
        from office import checks  # noqa: F401 — registers itself

        autodiscover_modules("tasks")  # each room's handlers of jobs put themselves on the list
