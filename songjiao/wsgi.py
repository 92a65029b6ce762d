import os

from django.core.wsgi import get_wsgi_application

from office.middleware import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songjiao.settings")
application = whole_bodies(get_wsgi_application())
