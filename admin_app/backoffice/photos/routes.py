"""`/admin/photos/<sha256>`: the pictures and voice notes of records, for whoever sees the work of their estate."""

from flask import Flask, Response, request

from admin_app.accounts.current import current_actor
from admin_app.shell import gate
from store.photos import operations as photos
from store.photos.voice import ENDINGS


@gate.requires("work.read")
def picture(sha256: str) -> Response:
    """A picture that we made ourselves, or a recording; of a type that nobody can choose."""
    photo = photos.see(sha256, actor=current_actor())
    content, media_type = photo.content()
    response = Response(content, content_type=media_type)
    ending = ENDINGS.get(media_type, "jpg")
    response.headers["Content-Disposition"] = f'inline; filename="{photo.sha256[:12]}.{ending}"'
    # Asked again at every look: who no longer sees the estate no longer sees the picture.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(photo.sha256)
    # Players ask for a recording piece by piece, and some play nothing else.
    response.make_conditional(request.environ, accept_ranges=True, complete_length=len(content))
    return response


def register(app: Flask) -> None:
    app.add_url_rule("/admin/photos/<sha256>", "office_photos", picture)
