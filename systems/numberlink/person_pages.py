"""人の画面: a 宛名 and all that was done about the person, candidates decided by two people, permissions to see a number."""

from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, abort, g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.acting import acted
from systems.frame.screens import allowed, note, transaction
from systems.numberlink import addressees, code_request, permissions
from systems.numberlink.acting import fault_shown
from systems.numberlink.tables import (
    COMMON,
    Addressee,
    Candidate,
    CodeRequest,
    Inquiry,
    Integrated,
    Notice,
    Permission,
    Provided,
    Reveal,
    SealedNumber,
)

MOST: Final = 100
FACTS: Final = (
    "市区町村番号", "整理番号", "履歴番号", "氏名", "生年月日", "性別", "郵便番号", "住所", "続柄", "世帯番号", "世帯主氏名", "住登外区分",
    "外国人フラグ", "住民となった日", "住民でなくなった日", "最新異動区分", "最新異動日", "最新異動届出日", "住民異動区分", "住民異動日",
    "取消区分", "転入前住所", "転出後住所")
WORDS: Final[dict[str, dict[str, str]]] = {
    "性別": {"1": "男", "2": "女"}, "住登外区分": {"0": "住登者", "1": "住登外"}, "外国人フラグ": {"0": "日本人", "1": "外国人"}}
LOOKERS: Final = ("numbers", "approver", "inquirer", "auditor")
DEEDS: Final[dict[str, Any]] = {"codes": CodeRequest, "inquiries": Inquiry, "provided": Provided, "notices": Notice,
                                "reveals": Reveal}


def add_people(room: Blueprint) -> None:
    """Search, one person, candidates and permissions."""
    _add_search(room)
    _add_person(room)
    _add_candidates(room)
    _add_permissions(room)


def _add_search(room: Blueprint) -> None:
    @room.route("/addressees", methods=["GET", "POST"])
    @allowed(*LOOKERS)
    def addressees() -> str:
        number, name = (request.form.get(field, "").strip() for field in ("number", "name"))
        with transaction("searched addressees", detail={"by_number": bool(number), "by_name": bool(name)}) as session:
            return render_template("numberlink/addressees.html", rows=_found(session, number, name), number=number, name=name,
                                   searched=bool(number or name), most=MOST)


def _add_person(room: Blueprint) -> None:
    @room.get("/addressees/<int:place>")
    @allowed(*LOOKERS)
    def person(place: int) -> str:
        with transaction("saw addressee", str(place)) as session:
            known = session.get(Addressee, place) or abort(404)
            return render_template("numberlink/person.html", each=known, fault=fault_shown(), **_all_about(session, known))

    @room.post("/addressees/<int:place>/<what>")
    @allowed("numbers", "approver")
    def act(place: int, what: str) -> Response:
        def do(session: Session) -> None:
            known = session.get(Addressee, place) or abort(404)
            if known.integrated_id is None:
                raise SoapFault("no_number", "")
            owner = session.get_one(Integrated, known.integrated_id, with_for_update=True)
            if what == "code" and "numbers" in g.staff.roles:
                code_request.ask(session, owner, g.staff.username)
            elif what == "permission" and "numbers" in g.staff.roles:
                permissions.ask(session, owner, g.staff.username, request.form.get("reason", ""))
            elif what == "protect" and "approver" in g.staff.roles:
                _protect(session, owner)
            else:
                abort(403)
        return acted(f"asked {what}", str(place), f"/addressees/{place}", do)


def _protect(session: Session, owner: Integrated) -> None:
    """二人が要る人にする・やめる; whoever could see the number alone afterwards does not lift it."""
    if owner.needs_permission and "numbers" in g.staff.roles:
        raise SoapFault("same_person", "")
    owner.needs_permission = not owner.needs_permission
    note(session, COMMON, g.staff.username, "two people" if owner.needs_permission else "one person", owner.number)


def _add_candidates(room: Blueprint) -> None:
    @room.get("/candidates")
    @allowed("numbers", "approver")
    def candidates() -> str:
        one, other = aliased(Addressee), aliased(Addressee)
        with transaction("listed candidates") as session:
            pairs = session.execute(select(Candidate, one, other).join(one, one.id == Candidate.first_id).join(
                other, other.id == Candidate.second_id).where(Candidate.state.in_(("未判断", "確認待"))).order_by(
                Candidate.id).limit(MOST)).all()
            numbers = {each.id: addressees.number_of(session, each) for pair in pairs for each in pair[1:]}
            return render_template("numberlink/candidates.html", pairs=pairs, numbers=numbers, fault=fault_shown())

    @room.post("/candidates/<int:place>")
    @allowed("numbers", "approver")
    def decide(place: int) -> Response:
        form = request.form

        def do(session: Session) -> None:
            pair = session.get(Candidate, place, with_for_update=True) or abort(404)
            if pair.state == "確認待":
                if "approver" not in g.staff.roles:
                    abort(403)
                addressees.confirm(session, pair, g.staff.username, agrees=form.get("agrees") == "yes")
            else:
                addressees.decide(session, pair, g.staff.username, form.get("note", ""), same=form.get("same") == "yes")
        return acted("decided candidate", str(place), "/candidates", do)


def _add_permissions(room: Blueprint) -> None:
    @room.get("/permissions", endpoint="permissions")
    @allowed("approver", "numbers")
    def list_permissions() -> str:
        with transaction("listed permissions") as session:
            rows = session.execute(select(Permission, Integrated.number).join(
                Integrated, Integrated.id == Permission.integrated_id).order_by(Permission.id.desc()).limit(MOST)).all()
            return render_template("numberlink/permissions.html", rows=rows, fault=fault_shown(), now=datetime.now(UTC))

    @room.post("/permissions/<int:place>")
    @allowed("approver")
    def answer(place: int) -> Response:
        def do(session: Session) -> None:
            wanted = session.get(Permission, place, with_for_update=True) or abort(404)
            permissions.answer(session, wanted, g.staff.username, datetime.now(UTC), agrees=request.form.get("agrees") == "yes")
        return acted("answered permission", str(place), "/permissions", do)


def _found(session: Session, number: str, name: str) -> list[Any]:
    """Whom the search means: by 整理番号 or 統合宛名番号, or by the beginning of the name."""
    query = select(Addressee, Integrated.number, _code_state()).outerjoin(Integrated, Integrated.id == Addressee.integrated_id)
    if number:
        query = query.where((Addressee.file_number == number) | (Integrated.number == number))
    elif name:
        query = query.where(Addressee.name.startswith(name, autoescape=True))
    else:
        return []
    return list(session.execute(query.order_by(Addressee.name, Addressee.id).limit(MOST)).all())


def _code_state() -> Any:
    return select(CodeRequest.state).where(CodeRequest.integrated_id == Addressee.integrated_id).order_by(
        CodeRequest.id.desc()).limit(1).scalar_subquery()


def _all_about(session: Session, known: Addressee) -> dict[str, Any]:
    """What was done about the person, newest first; nothing before 付番."""
    owner = session.get(Integrated, known.integrated_id) if known.integrated_id else None
    deeds: dict[str, Any] = {name: session.scalars(select(table).where(
        table.integrated_id == owner.id).order_by(table.id.desc()).limit(MOST)).all() if owner else []
        for name, table in DEEDS.items()}
    others = session.scalars(select(Addressee).where(
        Addressee.integrated_id == owner.id, Addressee.id != known.id)).all() if owner else []
    numbers = session.scalars(select(SealedNumber).where(
        SealedNumber.integrated_id == owner.id).order_by(SealedNumber.id.desc())).all() if owner else []
    return {"owner": owner, "others": others, "numbers": numbers, "facts": _facts(known), **deeds}


def _facts(known: Addressee) -> list[tuple[str, str]]:
    """What the feed says of a 宛名, in its order, codes in words."""
    return [(name, WORDS.get(name, {}).get(known.content[name], known.content[name])) for name in FACTS if known.content.get(name)]
