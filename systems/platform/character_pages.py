"""日本語資源の画面: the register, what waits for two people, and the tables that were given out."""

from typing import Final

from flask import Blueprint, Response, abort, g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from exchange.characters import DESTINATIONS, code_of, holds
from exchange.soap import SoapFault
from systems.frame.acting import acted
from systems.frame.hands import call
from systems.frame.screens import allowed, transaction
from systems.platform import characters, glyphs, shrinking
from systems.platform.acting import fault_shown
from systems.platform.service_tables import SCHEMA, Character, CharacterDecision, CharacterIssue, CharacterQuestion

MENU: Final = (("外字", "characters.register"), ("文字の判定", "characters.questions"), ("配布した表", "characters.issues"))
READERS: Final = ("decider", "operator", "auditor")
MOST: Final = 200


def character_pages() -> Blueprint:
    """The pages of ④ as one blueprint."""
    room = Blueprint("characters", __name__, template_folder="templates")
    room.add_app_template_filter(code_of)
    _add_register(room)
    _add_one(room)
    _add_questions(room)

    @room.get("/issues")
    @allowed(*READERS)
    def issues() -> str:
        with transaction("listed issues") as session:
            return render_template("platform/issues.html", rows=session.execute(select(
                CharacterIssue.number, CharacterIssue.at, CharacterIssue.decisions, CharacterIssue.sha256).order_by(
                    CharacterIssue.number.desc()).limit(MOST)).all(), source=shrinking.SOURCE)
    return room


def _add_register(room: Blueprint) -> None:
    @room.get("/characters")
    @allowed(*READERS)
    def register() -> str:
        with transaction("listed characters") as session:
            return render_template("platform/characters.html", fault=fault_shown(), rows=session.scalars(select(Character).order_by(
                Character.id.desc()).limit(MOST)).all(), may_add="decider" in g.staff.roles)

    @room.post("/characters")
    @allowed("decider")
    def add() -> Answer:
        form, picture = request.form, request.files.get("picture")
        return acted("registered character", "", "/characters", lambda session: characters.register(
            session, _letter(form.get("letter", "")), form.get("mj_number", "").strip().upper(), form.get("note", ""),
            picture.read() if picture else b"", g.staff.username))

    @room.get("/characters/<int:place>/picture")
    @allowed(*READERS)
    def picture(place: int) -> Response:
        """The picture somebody gave, else the one of the city's font."""
        with transaction("saw character", str(place)) as session:
            known = session.get(Character, place) or abort(404)
            drawn = None if known.picture else glyphs.drawn(known.letter)
            if known.picture is None and drawn is None:
                abort(404)
            return Response(known.picture or drawn, mimetype=known.picture_type or "image/svg+xml")


def _add_one(room: Blueprint) -> None:
    @room.get("/characters/<int:place>")
    @allowed(*READERS)
    def character(place: int) -> str:
        with transaction("saw character", str(place)) as session:
            known = session.get(Character, place) or abort(404)
            decisions = session.scalars(select(CharacterDecision).where(CharacterDecision.letter == known.letter).order_by(
                CharacterDecision.id.desc())).all()
            return render_template(
                "platform/character.html", each=known, decisions=decisions, destinations=DESTINATIONS, fault=fault_shown(),
                states=[_state(session, known.letter, name) for name in DESTINATIONS], may_ask="decider" in g.staff.roles,
                has_picture=known.picture is not None or glyphs.drawn(known.letter) is not None)

    @room.post("/characters/<int:place>/review")
    @allowed("decider")
    def review(place: int) -> Answer:
        def do(session: Session) -> None:
            known = session.get(Character, place) or abort(404)
            characters.review(session, known.letter, request.form.get("destination", ""), g.staff.username)
        return acted("asked for a decision", str(place), f"/characters/{place}", do)


def _add_questions(room: Blueprint) -> None:
    @room.get("/questions")
    @allowed(*READERS)
    def questions() -> str:
        with transaction("listed questions") as session:
            rows = session.execute(select(CharacterQuestion, Character.id).join(
                Character, Character.letter == CharacterQuestion.letter).where(
                CharacterQuestion.state != "decided").order_by(CharacterQuestion.id).limit(MOST)).all()
            return render_template("platform/questions.html", rows=[(each, place, shrinking.candidates(
                each.letter, each.destination)) for each, place in rows], destinations=DESTINATIONS, fault=fault_shown(),
                may_decide="decider" in g.staff.roles)

    @room.post("/questions/<int:place>")
    @allowed("decider")
    def answer(place: int) -> Answer:
        def do(session: Session) -> None:
            question = session.get(CharacterQuestion, place, with_for_update=True) or abort(404)
            if "agrees" in request.form:
                characters.decide(session, question, g.staff.username, agrees=request.form["agrees"] == "yes")
                call(session, SCHEMA)
            else:
                characters.propose(session, question, request.form.get("instead", ""), request.form.get("reason", ""),
                                   g.staff.username)
        return acted("answered question", str(place), "/questions", do)


def _state(session: Session, letter: str, destination: str) -> tuple[str, str, str]:
    """Destination, how the letter is written there, and by what."""
    if holds(letter, destination):
        return destination, letter, "そのまま"
    if (made := characters.decided(session, letter, destination)) is not None:
        return destination, made.instead, f"判定 第{made.number}版"
    if (ruled := shrinking.rule(letter, destination)) is not None:
        return destination, ruled, "規則 (候補が一つ)"
    is_open = session.scalar(select(CharacterQuestion.id).where(
        CharacterQuestion.letter == letter, CharacterQuestion.destination == destination))
    return destination, "", "判定を待つ" if is_open else "まだ求められていない"


def _letter(written: str) -> str:
    """What somebody typed: the letter itself, or its number."""
    typed = written.strip()
    if typed.upper().startswith("U+"):
        return characters.letter_of(typed)
    if not typed:
        raise SoapFault("letter", "")
    return characters.one_letter(typed)
