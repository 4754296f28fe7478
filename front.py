"""What Granian serves: the application of `wsgi.py` behind a front that takes requests in whole."""

from urllib.parse import urlsplit

from admin_app.app import MAX_UPLOAD
from admin_app.front.serving import Front
from store.health.processes import WEB, Life
from wsgi import app, settings

front = Front(
    app,
    largest=MAX_UPLOAD,
    behind_proxy=urlsplit(settings.base_url).scheme == "https",
    life=Life(WEB),
)
