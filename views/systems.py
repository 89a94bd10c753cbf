"""隣のシステム: which of them answers, where, and where its own screens are."""

from flask import current_app
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.neighbours import in_the_tree
from exchange.neighbours import NAMES, tls_folder
from procedures import neighbours
from views.office_view import OfficeView, allowed

TITLES = {"numberlink": _l("番号連携サーバ"), "interconnect": _l("中間サーバ"), "platform": _l("連携基盤"),
          "simulator": _l("代役 (試用のネットワーク・ほかの市・住基GW)")}
STATES = {"well": _l("動いています"), "unwell": _l("不調だと答えています"), "silent": _l("答えません"),
          "untrusted": _l("証明書が信頼できません"), "unknown": _l("証明書がまだありません")}


class SystemsView(OfficeView):
    """隣のシステムの様子."""

    route_base = "/systems"
    class_permission_name = "System"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        seen = neighbours.look(NAMES, tls_folder(current_app.config["OFFICE"].data_dir))
        return self.page("systems.html", seen=seen, titles=TITLES, states=STATES, built=in_the_tree())


VIEWS = (SystemsView,)
