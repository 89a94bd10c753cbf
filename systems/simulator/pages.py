"""代役の画面: choose how the network behaves, ask our city as somebody else, open a notice, look at both sides' records."""

from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answer

from systems.frame.screens import allowed, transaction
from systems.simulator.behaviour import choose, current
from systems.simulator.citizen import ask_about_herself, open_notice
from systems.simulator.municipality import OTHER_CITY, PREFECTURE
from systems.simulator.network import Network, ask
from systems.simulator.tables import BEHAVIOURS, CitizenNotice, CodeRequest, Disclosure, Question

MENU: Final = (("ふるまい", "simulator.behaviour"), ("照会", "simulator.questions"), ("提供等記録", "simulator.records"),
               ("お知らせ", "simulator.notices"))
MOST: Final = 100
# (inquirer, 事務コード, 事務手続コード, words): the three the assessment names, and one that nobody is permitted.
ASKABLE: Final = (
    (PREFECTURE, "B2026", "B2026P01", "都道府県: 生活保護 (26の項)"), (OTHER_CITY, "B2056N2", "B2056N2P01", "市町村: 被災者台帳 (56の2の項)"),
    (PREFECTURE, "B2087", "B2087P01", "都道府県: 中国残留邦人等 (87の項)"), (OTHER_CITY, "B2026", "B2026P01", "照合リストにない手続"))
operator = allowed("operator")


def pages(network: Network) -> Blueprint:
    """The simulator's pages as one blueprint."""
    room = Blueprint("simulator", __name__, template_folder="templates")

    @room.get("/")
    @operator
    def behaviour() -> str:
        with transaction("looked at behaviour") as session:
            return render_template("simulator/behaviour.html", behaviours=BEHAVIOURS, now=current(session))

    @room.post("/behaviour")
    @operator
    def change() -> Answer:
        name = request.form.get("name", "")
        if name not in BEHAVIOURS:
            abort(400)
        with transaction("changed behaviour", name) as session:
            choose(session, name, "operator")
        return redirect("/")

    _add_questions(room, network)
    _add_records(room)
    return room


def _add_questions(room: Blueprint, network: Network) -> None:
    @room.get("/questions")
    @operator
    def questions() -> str:
        with transaction("listed questions") as session:
            asked = session.scalars(select(Question).order_by(Question.id.desc()).limit(MOST)).all()
            codes = session.scalars(select(CodeRequest.code).where(CodeRequest.code.is_not(None)).distinct().limit(MOST)).all()
            return render_template("simulator/questions.html", questions=asked, codes=codes, askable=ASKABLE)

    @room.post("/questions")
    @operator
    def put_question() -> Answer:
        chosen = request.form.get("question", "")
        if not chosen.isdigit() or int(chosen) >= len(ASKABLE):
            abort(400)
        inquirer, office, procedure, _words = ASKABLE[int(chosen)]
        with transaction("asked", procedure) as session:
            ask(session, network, code=request.form.get("code", ""), inquirer=inquirer, office_code=office,
                procedure_code=procedure)
        return redirect("/questions")


def _add_records(room: Blueprint) -> None:
    @room.post("/herself")
    @operator
    def herself() -> Answer:
        with transaction("asked as citizen") as session:
            ask_about_herself(session, request.form.get("code", ""))
        return redirect("/questions")

    @room.get("/records")
    @operator
    def records() -> str:
        with transaction("listed records") as session:
            found = session.scalars(select(Disclosure).order_by(Disclosure.id.desc()).limit(MOST)).all()
            total = session.scalar(select(func.count()).select_from(Disclosure))
            return render_template("simulator/records.html", records=found, total=total)

    @room.get("/notices")
    @operator
    def notices() -> str:
        with transaction("listed notices") as session:
            return render_template("simulator/notices.html", notices=session.scalars(
                select(CitizenNotice).order_by(CitizenNotice.id.desc()).limit(MOST)).all())

    @room.post("/notices/<int:number>")
    @operator
    def read(number: int) -> Answer | Response:
        with transaction("opened notice", str(number)) as session:
            if open_notice(session, number, request.form.get("reply", "").strip()) is None:
                abort(409)
        return redirect("/notices")
