"""中間サーバの画面: inquiries, requests that wait for two people, records, codes, runs, alarms, the list, messages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, g, redirect, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.screens import allowed, transaction
from systems.interconnect import disclosure_log, operations, provision, replica, security, transport
from systems.interconnect.tables import (
    COMMON,
    Alarm,
    Identifier,
    Inquiry,
    MatchEntry,
    Message,
    Notice,
    ProvisionRequest,
    Purge,
    Run,
)

MENU: Final = (("提供の確認", "interconnect.requests"), ("照会", "interconnect.inquiries"), ("提供等記録", "interconnect.records"),
               ("符号", "interconnect.codes"), ("お知らせ", "interconnect.notices"), ("照合リスト", "interconnect.match_list"),
               ("電文", "interconnect.messages"), ("運用", "interconnect.runs"))
MOST: Final = 200
SPAN: Final = timedelta(days=31)


def pages() -> Blueprint:
    """All pages of 中間サーバ as one blueprint."""
    room = Blueprint("interconnect", __name__, template_folder="templates")
    _add_requests(room)
    _add_looks(room)
    _add_records(room)
    _add_operations(room)
    return room


def _add_requests(room: Blueprint) -> None:
    @room.get("/")
    @allowed("confirmer", "inquirer", "records", "operator")
    def home() -> Response:
        roles = set(g.staff.roles)
        return redirect("/requests" if "confirmer" in roles else "/inquiries" if "inquirer" in roles
                        else "/records" if "records" in roles else "/runs")

    @room.get("/requests")
    @allowed("confirmer")
    def requests() -> str:
        with transaction("listed requests") as session:
            return render_template("interconnect/requests.html", waiting=_waiting(session), fault=request.args.get("fault", ""))

    @room.get("/requests/<int:number>")
    @allowed("confirmer")
    def one_request(number: int) -> str:
        with transaction("saw request", str(number)) as session:
            found = session.get(ProvisionRequest, number) or abort(404)
            held = replica.current(session, str(found.addressee_number), found.permit["特定個人情報名コード"])
            return render_template("interconnect/request.html", each=found, content=held.content if held else None,
                                   mine=found.checked_by == g.staff.username)

    @room.post("/requests/<int:number>")
    @allowed("confirmer")
    def decide(number: int) -> Response:
        form = request.form
        try:
            with transaction("decided request", str(number)) as session:
                found = session.get(ProvisionRequest, number, with_for_update=True) or abort(404)
                if found.state == "保留":
                    provision.check(session, found, g.staff.username, form.get("outcome", ""), form.get("reason", ""))
                else:
                    provision.confirm(session, found, g.staff.username, agrees=form.get("agrees") == "yes")
        except SoapFault as refused:
            return redirect(f"/requests?fault={refused.code}")
        return redirect("/requests")


def _add_looks(room: Blueprint) -> None:
    def listed(address: str, act: str, role: str, template: str, table: Any) -> None:
        def page() -> str:
            with transaction(act) as session:
                rows = session.scalars(select(table).order_by(table.id.desc()).limit(MOST)).all()
                return render_template(f"interconnect/{template}.html", rows=rows,
                                       total=session.scalar(select(func.count()).select_from(table)), most=MOST)
        room.add_url_rule(address, template, allowed(role)(page))

    listed("/inquiries", "listed inquiries", "inquirer", "inquiries", Inquiry)
    listed("/codes", "listed codes", "operator", "codes", Identifier)
    listed("/notices", "listed notices", "inquirer", "notices", Notice)
    listed("/match-list", "listed match list", "operator", "match_list", MatchEntry)
    listed("/messages", "listed messages", "operator", "messages", Message)
    listed("/log", "listed log", "operator", "log", COMMON.log)


def _add_records(room: Blueprint) -> None:
    @room.route("/records", methods=["GET", "POST"])
    @allowed("records")
    def records() -> str:
        form, today = request.form, datetime.now(UTC).date()
        since, until = _day(form.get("since"), today - SPAN), _day(form.get("until"), today)
        with transaction("searched records", detail={"from": since.isoformat(), "to": until.isoformat()}) as session:
            found = disclosure_log.found(session, _start(since), _start(until + timedelta(days=1)),
                                         form.get("number", "").strip() or None)
            return render_template("interconnect/records.html", records=found[:MOST], total=len(found), most=MOST,
                                   since=since, until=until, number=form.get("number", ""))


def _add_operations(room: Blueprint) -> None:
    @room.get("/runs")
    @allowed("operator")
    def runs() -> str:
        with transaction("listed runs") as session:
            return render_template(
                "interconnect/runs.html", runs=session.scalars(select(Run).order_by(Run.id.desc()).limit(MOST)).all(),
                purges=session.scalars(select(Purge).order_by(Purge.id.desc()).limit(MOST)).all(),
                alarms=session.scalars(select(Alarm).where(Alarm.closed_at.is_(None)).order_by(Alarm.id.desc()).limit(MOST)).all(),
                words=security.ALARMS, counts=transport.counts(session), statistics=operations.statistics(session))

    @room.post("/runs/<what>")
    @allowed("operator")
    def run(what: str) -> Response:
        today, number = datetime.now(UTC).date(), request.form.get("number", "0")
        with transaction(what, number) as session:
            if what == "reconcile":
                operations.begin_reconciliation(session, today.replace(day=1))
            elif what == "purge":
                operations.ask_for_purge(session, g.staff.username, "records" if number == "records" else "answers", today)
            elif what == "approve":
                operations.approve_purge(session, g.staff.username, int(number)) or abort(409)
            elif what == "alarm":
                security.close_alarm(session, int(number), g.staff.username, request.form.get("note", "")) or abort(409)
            else:
                abort(404)
        return redirect("/runs")


def _waiting(session: Session) -> list[ProvisionRequest]:
    return list(session.scalars(select(ProvisionRequest).where(
        ProvisionRequest.state.in_(provision.WAITING)).order_by(ProvisionRequest.id).limit(MOST)))


def _day(written: str | None, fallback: date) -> date:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return fallback


def _start(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+09:00")
