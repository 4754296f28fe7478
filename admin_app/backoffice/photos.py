"""`/admin/photos/<sha256>`: the pictures of records, for whoever sees the work of their estate."""

from flask import Flask, Response, request

from admin_app.accounts.current import current_actor
from admin_app.shell import gate
from store.photos import operations as photos


@gate.requires("work.read")
def picture(sha256: str) -> Response:
    """A picture that we made ourselves, of a type that nobody can choose."""
    photo = photos.see(sha256, actor=current_actor())
    response = Response(bytes(photo.image), content_type="image/jpeg")
    response.headers["Content-Disposition"] = f'inline; filename="{photo.sha256[:12]}.jpg"'
    # Asked again at every look: who no longer sees the estate no longer sees the picture.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(photo.sha256)
    response.make_conditional(request.environ)
    return response


def register(app: Flask) -> None:
    app.add_url_rule("/admin/photos/<sha256>", "office_photos", picture)
