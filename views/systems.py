"""隣のシステム: which of them answers, where, and where its own screens are."""

from flask import current_app
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.neighbours import in_the_tree
from exchange.neighbours import NAMES, tls_folder
from procedures import neighbours, outbox
from views.office_view import OfficeView, actor, allowed

TITLES = {"numberlink": _l("番号連携サーバ"), "interconnect": _l("中間サーバ"), "platform": _l("連携基盤"),
          "simulator": _l("代役 (試用のネットワーク・ほかの市・住基GW)")}
STATES = {"well": _l("動いています"), "unwell": _l("不調だと答えています"), "silent": _l("答えません"),
          "untrusted": _l("証明書が信頼できません"), "unknown": _l("証明書がまだありません")}

OPERATIONS = {"AtenaToroku": _l("宛名の登録"), "TogoAtenaShokai": _l("統合宛名番号の確認"), "Fuban": _l("付番"), "FugoYokyu": _l("符号の要求"),
              "TeikyoToroku": _l("提供情報の登録"), "ShokaiYokyu": _l("情報照会"), "ShokaiKekka": _l("照会結果の取得"),
              "KirokuShokai": _l("情報提供等の記録の取得"),
              "JuminShokai": _l("住民の照会"), "JuminzeiShokai": _l("住民税の照会")}


class SystemsView(OfficeView):
    """隣のシステムの様子."""

    route_base = "/systems"
    class_permission_name = "System"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        seen = neighbours.look(NAMES, tls_folder(current_app.config["OFFICE"].data_dir))
        return self.page("systems.html", seen=seen, titles=TITLES, states=STATES, built=in_the_tree(),
                         boxes=outbox.overview(self.session), stopped=outbox.stopped(self.session), operations=OPERATIONS)

    @expose("/messages/<int:number>", methods=["POST"])
    @allowed("steer")
    def again(self, number: int) -> Response:
        """送り直す."""
        return self.carry_out(lambda: outbox.send_again(self.session, actor(), number), _("もう一度送ります。"), "/systems/")


VIEWS = (SystemsView,)
