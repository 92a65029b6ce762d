from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "办公"

    def ready(self) -> None:
        from office import checks  # noqa: F401 — registers itself

        autodiscover_modules("tasks", "clock")  # each room's handlers of jobs, and what it asks of the clock, put themselves on the list
