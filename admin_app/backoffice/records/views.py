"""A screen of this part that is not a list of documents."""

from typing import Any

from admin_app.backoffice.frame.base import BackofficeView
from admin_app.backoffice.records.names import estates_of_reader


class OfficeView(BackofficeView):
    """`path` is the last part of its address; endpoints are named apart from the API's blueprints."""

    path: str

    def __init__(self) -> None:
        super().__init__()
        self.url = self.path

    def render(self, template: str, **kwargs: Any) -> str:
        return super().render(template, visible_estates=estates_of_reader, **kwargs)
