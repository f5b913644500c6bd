"""Settings of the tests: the archive's settings, without the parts that only cost time or outlast a test."""

from healthnews.settings import *  # noqa: F403 - a settings module consists of its names

# Only collectstatic makes the manifest of hashed names. Tests of pages don't need it.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The database is a real file, because some tests need two connections and an in-memory database belongs to one.
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder

SEARCHES_PER_MINUTE = EXPORTS_PER_MINUTE = 0  # all tests come from one address; those of the limits set them

COUNT_SEARCHES_WITHOUT_HIT = False  # the thread would write between tests; the tests of the count turn it on
