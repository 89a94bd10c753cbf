"""比較の相手: a real Django with its admin's list of the same columns of the same table.

Its own tables lie in a schema apart. Settings are Django's defaults for a production site (DEBUG off, cached
templates); 50 rows a page as ours.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote

import django
from django.conf import settings
from sqlalchemy import make_url

from bench.floor import COLUMNS

SCHEMA: Final = "bench_django"
_MIDDLEWARE: Final = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware"]
_PROCESSORS: Final = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                      "django.contrib.messages.context_processors.messages"]


def admin_client(url: str) -> tuple[Any, Callable[[], int]]:
    """Return a logged-in client of Django's admin and a function that tells how many statements ran so far."""
    _configure(url)
    django.setup()
    # Everything below needs the configured Django; there is no earlier moment to import it.
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    call_command("migrate", verbosity=0, interactive=False)
    _register()
    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    counted = [0]

    def count(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        counted[0] += 1
        return execute(sql, parameters, many, context)

    connection.execute_wrappers.append(count)
    return client, lambda: counted[0]


def _configure(url: str) -> None:
    place = make_url(url)
    query = place.query.get("host")
    settings.configure(
        DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=_urls(), USE_TZ=True, LANGUAGE_CODE="ja",
        MIDDLEWARE=_MIDDLEWARE, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", STATIC_URL="static/",
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                    "OPTIONS": {"context_processors": _PROCESSORS}}],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": place.database, "USER": place.username,
            "PASSWORD": place.password, "HOST": unquote(str(query)) if query else place.host,
            "PORT": place.port or place.query.get("port"), "CONN_MAX_AGE": None,
            "OPTIONS": {"options": f"-c search_path={SCHEMA},public"}}})


def _urls() -> Any:
    """The URL configuration, as an object: Django asks for a module, anything with urlpatterns will do."""
    urls = ModuleType("bench_urls")
    urls.urlpatterns = []  # type: ignore[attr-defined]  # a mark on the function
    return urls


def _register() -> None:
    from django.contrib import admin
    from django.db import models
    from django.urls import path

    kinds = {"birth_date": models.DateField(), "valid_from": models.DateField(null=True),
             "valid_to": models.DateField(null=True), "copay_cap_yen": models.BigIntegerField(null=True)}
    meta = type("Meta", (), {"managed": False, "db_table": "recipient", "app_label": "auth",
                             "ordering": ["kana_key", "id"]})
    fields = {column: kinds.get(column) or models.CharField(max_length=200, null=True) for column in COLUMNS}
    ledger = type("Recipient", (models.Model,), {
        "__module__": "bench.django_peer", "Meta": meta, "id": models.BigAutoField(primary_key=True),
        "state": models.TextField(), "kana_key": models.TextField(), **fields})
    admin.site.register(ledger, type("RecipientAdmin", (admin.ModelAdmin,), {
        "list_display": COLUMNS, "list_per_page": 50, "search_fields": ("kana_key__startswith",),
        "list_filter": ("state",)}))
    settings.ROOT_URLCONF.urlpatterns.append(path("admin/", admin.site.urls))
