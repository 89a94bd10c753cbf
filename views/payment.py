"""支払の画面: the ledger and its runs, what could be paid, one run with its steps, and what came back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.carriers import payment_files
from app.clock import now, today
from app.extensions import db
from app.words import language, say
from procedures import payment
from procedures.lookup import codes_of
from procedures.payment_candidates import candidates, counts
from procedures.payment_file import keep, name_of
from procedures.payment_ledger import ledger
from procedures.payment_papers import detail_csv, detail_pdf, entries_csv
from procedures.payment_returns import REASONS, corrected, put_back, register, take_in, waiting
from procedures.payment_run import run_of
from procedures.refusal import Refused
from rules.bank_day import next_bank_day
from views.case_view import city
from views.fresh import fresh
from views.office_view import OfficeView, actor, allowed

STATES = {"made": _l("承認待ち"), "released": _l("承認済み"), "sent": _l("銀行に渡した"), "cancelled": _l("取り消した")}
HOW = {"taken": _l("ファイルで受け取った"), "outbox": _l("銀行の箱に置いた")}


class PaymentsView(OfficeView):
    """支払."""

    route_base = "/payments"
    class_permission_name = "Payments"
    default_view = "listed"

    @expose("/")
    @allowed("read")
    def listed(self) -> str:
        back = waiting(self.session, actor())
        db.session.commit()
        return self.page("payment/ledger.html", ledger=ledger(self.session), waiting=counts(self.session), states=STATES,
                         returns=len(back), returned_yen=sum(order.yen for _back, order, _claim, _name in back))

    @expose("/candidates")
    @allowed("read")
    def candidates(self) -> str:
        on = self._asked_day(request.args.get("on", ""))
        rows = candidates(self.session, actor(), on)
        db.session.commit()
        return self.page("payment/candidates.html", rows=rows, on=on, standing=payment.batch_on(self.session, on),
                         good=sum(each.is_good for each in rows), yen=sum(each.yen for each in rows if each.is_good),
                         account=self._account, kinds=self._kinds())

    @expose("/", methods=["POST"])
    @allowed("make")
    def make(self) -> Response:
        """支払回を作る: a screen of claims becomes a run that waits for somebody else."""
        form = request.form
        chosen = {int(each) for each in form.getlist("claims") if each.isdigit()}
        try:
            if not chosen:
                raise Refused(_("支払う請求を選んでください。"))
            batch = payment.make(self.session, actor(), city(), self.day(form.get("on", "")), today(), now(), chosen)
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect("/payments/candidates")
        flash(_("支払回を作りました。ほかの人の承認を待ちます。"), "success")
        return redirect(f"/payments/{batch.id}")

    @expose("/<int:number>")
    @allowed("read")
    def run(self, number: int) -> str:
        try:
            run = run_of(self.session, actor(), number)
        except Refused:
            abort(404)
        db.session.commit()
        return self.page("payment/run.html", run=run, states=STATES, how=HOW, me=actor().user_id, account=self._account,
                         kinds=self._kinds(), reasons=self._reasons(), day=today(), file=name_of(run.batch))

    @expose("/<int:number>/release", methods=["POST"])
    @allowed("release")
    @fresh
    def release(self, number: int) -> Response:
        """承認する; the copy of the file follows the commit, and what a crash leaves out is made at the next start."""
        answer = self.carry_out(lambda: payment.release(self.session, actor(), number, today(), now()),
                                _("承認しました。振込データを銀行に渡してください。"), f"/payments/{number}")
        batch = self.session.get(payment.PaymentBatch, number)
        if batch is not None and batch.state == "released":
            keep(self.session, payment_files(current_app.config["OFFICE"]), batch)
        return answer

    @expose("/<int:number>/cancel", methods=["POST"])
    @allowed("make")
    def cancel(self, number: int) -> Response:
        return self.carry_out(lambda: payment.cancel(self.session, actor(), number, request.form.get("reason", ""), now()),
                              _("支払回を取り消しました。請求は次の支払回で支払えます。"), f"/payments/{number}")

    @expose("/<int:number>/file", methods=["POST"])
    @allowed("take")
    def file(self, number: int) -> Response:
        return self._give(number, lambda: payment.hand_over(self.session, actor(), number, "taken", now()), "text/plain",
                          lambda batch: name_of(batch))

    @expose("/<int:number>/detail", methods=["POST"])
    @allowed("take")
    def detail(self, number: int) -> Response:
        return self._give(number, lambda: detail_csv(self.session, actor(), number, today()), "text/csv",
                          lambda batch: f"detail-{batch.number}.csv")

    @expose("/<int:number>/entries", methods=["POST"])
    @allowed("take")
    def entries(self, number: int) -> Response:
        return self._give(number, lambda: entries_csv(self.session, actor(), number, city()), "text/csv",
                          lambda batch: f"journal-{batch.number}.csv")

    @expose("/<int:number>/paper", methods=["POST"])
    @allowed("take")
    def paper_list(self, number: int) -> Response:
        return self.paper(lambda: detail_pdf(self.session, actor(), number, city(), now()), f"payments-{number}",
                          f"/payments/{number}")

    @expose("/<int:number>/return", methods=["POST"])
    @allowed("return")
    def came_back(self, number: int) -> Response:
        """振込不能を一件登録する."""
        form = request.form
        order = form.get("order", "")
        return self.carry_out(lambda: register(
            self.session, actor(), int(order) if order.isdigit() else 0, form.get("reason", ""),
            self.day(form.get("returned_on", "")), form.get("note", ""), today(), now()),
            _("振込不能を登録しました。口座を確かめて、訂正してください。"), "/payments/returns", f"/payments/{number}")

    @expose("/returns")
    @allowed("read")
    def returns(self) -> str:
        rows = waiting(self.session, actor())
        db.session.commit()
        return self.page("payment/returns.html", rows=[(row, corrected(self.session, row)) for row in rows], reasons=self._reasons(),
                         me=actor().user_id, account=self._account)

    @expose("/returns", methods=["POST"])
    @allowed("return")
    def returned_list(self) -> Response:
        """振込不能一覧を取り込む: all of it or nothing."""
        file = request.files.get("file")
        if file is None or not file.filename:
            flash(_("ファイルを選んでください。"), "error")
            return redirect("/payments/returns")
        report = take_in(self.session, actor(), file.filename, file.read(), today(), now())
        if report.errors:
            db.session.rollback()
            flash(_("ファイルを取り込みませんでした。何も登録していません。") + " " + say(report.errors[0].message), "error")
        else:
            db.session.commit()
            flash(_("この一覧は取込済みです。何も変えていません。") if report.already
                  else _("振込不能%(n)s件を取り込みました。", n=report.accepted), "success")
        return redirect("/payments/returns")

    @expose("/returns/<int:number>", methods=["POST"])
    @allowed("return")
    def back(self, number: int) -> Response:
        return self.carry_out(lambda: put_back(self.session, actor(), number, request.form.get("note", ""), now()),
                              _("支払に戻しました。次の支払回で支払います。"), "/payments/returns")

    def _asked_day(self, typed: str) -> date:
        """The transfer day that was typed, else the next day on which banks work."""
        try:
            return self.day(typed) if typed else next_bank_day(today())
        except Refused:
            flash(_("振込指定日を読み取れません。例: R8.12.10"), "error")
        except LookupError:  # nobody entered the holidays of that year yet; making a run will say so
            pass
        return today()

    def _give(self, number: int, make: Callable[[], bytes], kind: str, name: Callable[[Any], str]) -> Response:
        try:
            content = make()
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            flash(say(refusal.message), "error")
            return redirect(f"/payments/{number}")
        batch = self.session.get(payment.PaymentBatch, number)
        return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name(batch)}"'})

    def _account(self, number: str) -> str:
        """口座番号, in full for those who may see accounts, else its last three digits."""
        return number if self.may("see_account", "Reimbursements") or self.may("take") else "＊" * 4 + number[-3:]

    def _kinds(self) -> dict[str, str]:
        return codes_of(self.session, {"account_kind"}, today(), language())["account_kind"]

    def _reasons(self) -> dict[str, str]:
        return codes_of(self.session, {REASONS}, today(), language())[REASONS]


VIEWS = (PaymentsView,)
