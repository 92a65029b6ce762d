"""All settings, in reading order; each variable stands in docs/settings.md.

With nothing set: SQLite, local files, the embedded worker. DATABASE_URL and REDIS_URL
switch the same code to PostgreSQL and to workers on many machines.
"""

from pathlib import Path

from songjiao import env

BASE = Path(__file__).resolve().parent.parent

# --- Where the data lies and which secrets open it ---------------------------------------

DATA = Path(env.text("SONGJIAO_DATA", str(BASE / "data"))).resolve()
DEBUG = env.flag("SONGJIAO_DEBUG", default=False)
DATABASE_URL = env.text("DATABASE_URL", "")
REDIS_URL = env.text("REDIS_URL", "")

if DATABASE_URL:
    DATABASES = {"default": env.postgres(DATABASE_URL)}
    _keys = {name: env.text(f"SONGJIAO_{name}") for name in env.KEY_NAMES}
else:
    _database = DATA / "songjiao.sqlite3"
    _keys = env.embedded_keys(DATA, _database)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _database,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # A transaction takes the write lock when it begins: otherwise concurrent writers fail at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what was acknowledged survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
                "PRAGMA cache_size=-20000;PRAGMA journal_size_limit=67108864;",
            },
            # A file, not memory: tests run threads and worker processes against it.
            "TEST": {"NAME": DATA / "test.sqlite3"},
        }
    }

SECRET_KEY = _keys["SECRET_KEY"]
SEALING_KEYS = _keys["SEALING_KEYS"].split(",")  # the first seals, every one opens
INDEX_KEY = _keys["INDEX_KEY"]
AUDIT_KEY = _keys["AUDIT_KEY"]
AUDIT_ANCHORS = DATA / "anchors"  # where the audit chains ended, kept outside the database

PRIVATE_FILES = DATA / "files"  # never below a web server's root
FILES = env.objects("SONGJIAO_FILES")  # files and anchors on S3-compatible storage instead; empty: in the two directories
SCRATCH = env.private_directory(DATA / "scratch")  # uploads and workbooks while they are worked on; swept daily
BACKUPS = env.text("SONGJIAO_BACKUPS", "")  # where the daily backup goes; empty: none is made
BACKUPS_KEPT = env.whole("SONGJIAO_BACKUPS_KEPT", 14)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The rooms -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "songjiao.apps.AdminConfig",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "import_export",
    "office",
    "counties",
    "accounts",
    "students",
    "plans",
    "visits",
    "reports",
]

MIDDLEWARE = [
    "office.middleware.content_security_policy",  # first: static files and refusals carry it too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.standing",
    "accounts.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.own_password",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "office.middleware.refusals",
]

ROOT_URLCONF = "songjiao.urls"
WSGI_APPLICATION = "songjiao.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.navigation",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Pages ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_FILES}},
    **env.stores(FILES),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # no collectstatic step to forget
ALLOWED_HOSTS = env.words("SONGJIAO_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("SONGJIAO_ORIGINS")
CSRF_FAILURE_VIEW = "songjiao.pages.stale_form"

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
PASSWORD_PROFILE = env.one_of("SONGJIAO_PASSWORD_PROFILE", "asvs", "dengbao3")
IDLE_MINUTES = env.whole("SONGJIAO_IDLE_MINUTES", 60)  # 0: no limit
TRUSTED_PROXIES = env.whole("SONGJIAO_TRUSTED_PROXIES", 0)  # how many of X-Forwarded-For's last addresses are our own proxies' word
SEPARATE_DUTIES = env.flag("SONGJIAO_SEPARATE_DUTIES", default=False)  # nobody holds two of operator, security officer, auditor

# --- Transport: behind a proxy with a certificate, SONGJIAO_HTTPS=yes ----------------------------------

HTTPS = env.flag("SONGJIAO_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from the same machine, past the proxy
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Uploads ------------------------------------------------------------------------------------

UPLOAD_LIMIT = env.whole("SONGJIAO_UPLOAD_MB", 20) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the largest form there is: a plan of 20 goals with 12 objectives of 14 fields, some 3 600 in all
FILE_UPLOAD_TEMP_DIR = SCRATCH
FILE_UPLOAD_HANDLERS = [
    "office.uploads.DropOversized",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Background work: jobs are rows (office/jobs.py), the broker only wakes a worker ---------------------

BROKER_DIR = env.private_directory(DATA / "broker")  # the embedded broker keeps its messages here
CELERY_BROKER_URL = REDIS_URL or "embedded://localhost"  # the latter: office/broker.py
REDIS_OPTIONS = {"socket_connect_timeout": 2, "max_retries": 1, "interval_step": 0.1, "interval_max": 0.1}  # a dead broker holds no page up
EMBEDDED_OPTIONS = {
    "data_folder_in": env.private_directory(BROKER_DIR / "messages"),
    "data_folder_out": BROKER_DIR / "messages",
    "control_folder": env.private_directory(BROKER_DIR / "control"),
    "polling_interval": 0.3,
}
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_OPTIONS if REDIS_URL else EMBEDDED_OPTIONS
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "documents"  # the other queue is "clock": a long document never delays an alarm
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 20 * 60  # seconds: the job ends in words
CELERY_TASK_TIME_LIMIT = 22 * 60  # seconds: its process is killed, and the sweep takes the job up
CELERY_WORKER_POOL = "songjiao.pool:TaskPool"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500  # what leaks ends with its process
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 700_000  # KiB, looked at after each job
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is gone, the worker waits for it
PULSE = 30  # seconds between a worker's signs of life (songjiao/celery.py)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {"tick": {"task": "office.tick", "schedule": 60, "options": {"queue": "clock", "expires": 50}}}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file, which a kill or a full disk could break: a tick derives what is due

# --- Messages out of the house: none unless said so; the product itself always tells (office/senders) -----------

MAIL_SERVER, MAIL_FROM = env.mail("SONGJIAO_MAIL")
SENDERS = {"mail": "office.senders.mail.Mail"} if MAIL_SERVER else {}
if _sender := env.text("SONGJIAO_SENDER", ""):
    SENDERS["other"] = _sender  # a class by its dotted path; office.checks tries it

# --- Logs carry ids, never names or numbers ------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("SONGJIAO_LOG_LEVEL", "WARNING")},
}
