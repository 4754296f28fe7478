"""The pictures of records, for whoever sees the work of their estate."""

from flask import Response, request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.base import BackofficeView
from store.photos import operations as photos
from store.words import Words


class Photos(BackofficeView):
    """`/admin/photos/<sha256>`: a picture that we made ourselves, of a type that nobody can choose."""

    permission = "work.read"
    endpoint_name = "office_photos"
    address = "/admin/photos"
    title = Words("照片", "Photos")

    @expose("/<sha256>")
    def photo_view(self, sha256: str) -> Response:
        photo = photos.see(sha256, actor=current_actor())
        response = Response(bytes(photo.image), content_type="image/jpeg")
        response.headers["Content-Disposition"] = f'inline; filename="{photo.sha256[:12]}.jpg"'
        # Asked again at every look: who no longer sees the estate no longer sees the picture.
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(photo.sha256)
        response.make_conditional(request.environ)
        return response
