"""原本画像: one page as a picture, for those who key, settle or receive."""

from flask import abort, current_app
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from procedures.queue import sheet_at_hand
from procedures.scans import Cabinet, NotAScan, look
from views.office_view import OfficeView, actor, allowed


def cabinet() -> Cabinet:
    """The installation's cabinet of scans."""
    settings = current_app.config["OFFICE"]
    return Cabinet(settings.data_dir / "scans", settings.keys())


class ScanView(OfficeView):
    """原本画像の一枚."""

    route_base = "/scan"
    class_permission_name = "Scan"

    @expose("/<int:sheet_id>/<int:number>")
    @allowed("read")
    def page_image(self, sheet_id: int, number: int) -> Response:
        sheet = sheet_at_hand(self.session, actor(), sheet_id)
        if sheet is None or sheet.scan is None:
            abort(404)
        if sheet.sheet_version.kind.holds_numbers and not self.may("write_numbers", "Keying"):
            abort(403)
        try:
            content = cabinet().page(sheet.scan, number)
        except NotAScan:
            abort(404)
        look(self.session, actor(), sheet, number)
        self.session.commit()
        return Response(content, mimetype="image/jpeg" if content.startswith(b"\xff\xd8\xff") else "image/png")


VIEWS = (ScanView,)
