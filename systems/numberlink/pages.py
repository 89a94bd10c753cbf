"""番号連携サーバの画面: where each person begins, the lists, and what all pages share. No page ever shows a 個人番号."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, g, redirect, render_template
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from systems.frame.acting import add_list, moment
from systems.frame.screens import allowed
from systems.numberlink.operation_pages import add_operation
from systems.numberlink.person_pages import add_people
from systems.numberlink.tables import COMMON, Addressee, CodeRequest, Intake, Integrated, Notice, Provided, Reveal
from systems.numberlink.vault import Vault
from systems.numberlink.work_pages import add_work

MENU: Final = (
    ("宛名", "numberlink.addressees"), ("名寄せ", "numberlink.candidates"), ("承認", "numberlink.permissions"),
    ("差戻", "numberlink.sent_back"), ("符号", "numberlink.codes"), ("照会", "numberlink.inquiries"),
    ("情報提供", "numberlink.provided"), ("お知らせ", "numberlink.notices"), ("番号の確認", "numberlink.reveals"),
    ("記録", "numberlink.log"), ("運用", "numberlink.operation"), ("職員", "numberlink.staff"))
HOME: Final = (("numbers", "/addressees"), ("approver", "/permissions"), ("inquirer", "/inquiries"), ("auditor", "/reveals"),
               ("operator", "/operation"))


def pages(vault: Vault) -> Blueprint:
    """All pages of 番号連携サーバ as one blueprint."""
    room = Blueprint("numberlink", __name__, template_folder="templates")
    room.add_app_template_filter(moment)

    @room.get("/")
    @allowed("numbers", "approver", "inquirer", "auditor", "operator", "keying")
    def home() -> Response | str:
        found = next((path for role, path in HOME if role in g.staff.roles), None)
        return redirect(found) if found else render_template("numberlink/home.html")

    _add_lists(room)
    add_people(room)
    add_work(room)
    add_operation(room, vault)
    return room


def _add_lists(room: Blueprint) -> None:
    listed = partial(add_list, room)
    listed("sent_back", ("numbers", "approver", "operator"), lambda: select(Intake).where(
        Intake.outcome == "差戻").order_by(Intake.id.desc()))
    listed("codes", ("numbers", "approver", "operator"), lambda: select(CodeRequest, Integrated.number, _place()).join(
        Integrated, Integrated.id == CodeRequest.integrated_id).order_by(CodeRequest.id.desc()))
    listed("provided", ("inquirer", "auditor"), lambda: select(Provided, Integrated.number).join(
        Integrated, Integrated.id == Provided.integrated_id).order_by(Provided.id.desc()))
    listed("notices", ("inquirer",), lambda: select(Notice, Integrated.number).join(
        Integrated, Integrated.id == Notice.integrated_id).order_by(Notice.id.desc()))
    listed("reveals", ("auditor", "approver"), lambda: select(Reveal, Integrated.number).join(
        Integrated, Integrated.id == Reveal.integrated_id).order_by(Reveal.id.desc()))
    listed("log", ("auditor", "operator"), lambda: select(COMMON.log).order_by(COMMON.log.id.desc()))


def _place() -> Any:
    """A 宛名 of the person, to go to."""
    return select(func.min(Addressee.id)).where(Addressee.integrated_id == CodeRequest.integrated_id).scalar_subquery()
