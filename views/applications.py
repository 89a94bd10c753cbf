"""申請一覧: every application with the person it is for, newest first."""

from flask_appbuilder.models.sqla.interface import SQLAInterface

from models.application import Application
from views.record_view import RecordView


class ApplicationsView(RecordView):
    """申請一覧."""

    route_base = "/applications"
    class_permission_name = "Applications"
    datamodel = SQLAInterface(Application)
    title = "申請一覧"
    orders = (Application.id, Application.acceptance_date)


VIEWS = (ApplicationsView,)
