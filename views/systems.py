"""隣のシステム: which of them answers, where, and where its own screens are."""

from pathlib import Path

from flask import current_app
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today
from app.neighbours import in_the_tree
from app.words import say
from exchange.neighbours import NAMES, tls_folder
from exchange.pmh import TokenUnusable, token_in
from procedures import neighbours, outbox, pmh
from rules import pmh_switch
from views.office_view import OfficeView, actor, allowed

TITLES = {"numberlink": _l("番号連携サーバ"), "interconnect": _l("中間サーバ"), "platform": _l("連携基盤"),
          "simulator": _l("代役 (試用のネットワーク・ほかの市・住基GW)"), pmh.NEIGHBOUR: _l("PMH (医療費助成の資格情報)")}
STATES = {"well": _l("動いています"), "unwell": _l("不調だと答えています"), "silent": _l("答えません"),
          "untrusted": _l("証明書が信頼できません"), "unknown": _l("証明書がまだありません")}

OPERATIONS = {"AtenaToroku": _l("宛名の登録"), "TogoAtenaShokai": _l("統合宛名番号の確認"), "Fuban": _l("付番"), "FugoYokyu": _l("符号の要求"),
              "TeikyoToroku": _l("提供情報の登録"), "ShokaiYokyu": _l("情報照会"), "ShokaiKekka": _l("照会結果の取得"),
              "KirokuShokai": _l("情報提供等の記録の取得"),
              pmh.OPERATION: _l("PMHへの登録"),
              "OshiraseSofu": _l("お知らせの送付"), "OshiraseJokyo": _l("お知らせの状況の確認"), "OshiraseTorikeshi": _l("お知らせの取消し"),
              "JuminShokai": _l("住民の照会"), "JuminzeiShokai": _l("住民税の照会")}

REFUSALS = {pmh_switch.OFF: _l("PMHへの登録は切れています。使うときは、規則の数字の「PMHへの登録」に行を加えてください。"),
            pmh_switch.NO_REVISION: _l("PMHへの登録は使えません。特定個人情報保護評価書を見直した日と文書番号を、規則の数字の「PMHへの登録」に記録してください。")}
REASONS = {pmh_switch.OFF: _l("登録が切れている"), pmh_switch.NO_REVISION: _l("評価書の見直しが記録されていない"), "no_number": _l("個人番号が登録されていない"),
           "silent": _l("相手が答えない"), "restored_copy": _l("復元した設置は解除を待つ")}


class SystemsView(OfficeView):
    """隣のシステムの様子."""

    route_base = "/systems"
    class_permission_name = "System"
    default_view = "overview"

    @expose("/")
    @allowed("read")
    def overview(self) -> str:
        settings = current_app.config["OFFICE"]
        seen = neighbours.look(NAMES, tls_folder(settings.data_dir))
        return self.page("systems.html", seen=seen, titles=TITLES, states=STATES, built=in_the_tree(),
                         boxes=outbox.overview(self.session), stopped=outbox.stopped(self.session), operations=OPERATIONS,
                         pmh=pmh.state(self.session, today()), pmh_address=settings.pmh_url, pmh_token=_token_of(settings.pmh_token),
                         may_again=outbox.may_be_sent_again, refusals=REFUSALS, reasons=REASONS)

    @expose("/messages/<int:number>", methods=["POST"])
    @allowed("steer")
    def again(self, number: int) -> Response:
        """送り直す."""
        return self.carry_out(lambda: outbox.send_again(self.session, actor(), number), _("もう一度送ります。"), "/systems/")


def _token_of(file: Path | None) -> str:
    """What is wrong with the token; blank where nothing is."""
    try:
        token_in(file)
    except TokenUnusable as wrong:
        return say(str(wrong))
    return ""


VIEWS = (SystemsView,)
