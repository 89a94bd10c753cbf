"""窓口: a system's SOAP endpoint; every request is answered once, every failure is a fault with a code."""

import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import Flask, Response, jsonify, request
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from exchange.soap import MOST_BYTES, Call, Contract, SoapFault, fault
from systems.frame.store import RequestSeen

log = logging.getLogger("nanbyo.systems")
XML: Final = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class Caller:
    """呼んだ相手: the name in its certificate, and the person or program it names."""

    system: str
    staff_id: str
    request_id: str = ""


class Handler(Protocol):
    """One operation: what it does in the transaction of the request, and what it answers."""

    def __call__(self, session: Session, caller: Caller, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values of the response; SoapFault where the request cannot be carried out."""
        ...


@dataclass(frozen=True)
class Operation:
    """An operation offered: by what, and to the holders of which certificates."""

    handler: Handler
    callers: frozenset[str]
    keeps_answer: bool = True  # False: the answer is a secret; the same request again is carried out again


@dataclass(frozen=True)
class Service:
    """A contract served at a path of its own, its operations by name; a test holds the two together."""

    contract: Contract
    operations: Mapping[str, Operation]
    seen: type[RequestSeen]
    refused: Callable[[Session, Caller, Call, SoapFault], None] | None = None  # written down apart: the act itself left nothing
    key: bytes = b""  # of the hash by which a request is known again; secret where requests carry a 個人番号


def add_service(app: Flask, engine: Engine, service: Service, caller_of: Callable[[], str | None]) -> None:
    """Serve *service* at ``/soap/NAME`` of *app*; its WSDL answers ``?wsdl``."""
    path = f"/soap/{service.contract.name}"

    @app.get(path, endpoint=f"wsdl_{service.contract.name}")
    def wsdl() -> Response:
        return Response(service.contract.wsdl(request.base_url), mimetype="text/xml")

    @app.post(path, endpoint=f"soap_{service.contract.name}")
    def soap() -> Response:
        try:
            return Response(_answer(engine, service, caller_of(), request.get_data()), content_type=XML)
        except SoapFault as broken:
            return Response(fault(broken), status=500, content_type=XML)
        except RequestEntityTooLarge:
            return Response(fault(SoapFault("size", "電文が大きすぎます。分けて送ってください。")), status=500, content_type=XML)
        except SQLAlchemyError as broken_store:
            log.error("%s: %s %s", service.contract.name, type(broken_store).__name__, _place(broken_store))
            return Response(fault(SoapFault("store", "いま処理できません。しばらくして同じ要求IDで送り直してください。", "Server")),
                            status=500, content_type=XML)
        except Exception as unforeseen:
            log.exception("%s: %s", service.contract.name, type(unforeseen).__name__)
            return Response(fault(SoapFault("internal", "処理できませんでした。運用担当に連絡してください。", "Server")),
                            status=500, content_type=XML)


def new_app(name: str, engine: Engine) -> Flask:
    """A Flask application with /healthz (alive, and its store answers), limits and safe headers."""
    app = Flask(name, static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES)
    app.extensions["engine"] = engine

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return jsonify(system=name, ok=False), 503
        return jsonify(system=name, ok=True), 200

    @app.after_request
    def keep_private(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = ("default-src 'none'; style-src 'self'; img-src 'self'; "
                                                       "form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
        return response

    return app


def certificate_name() -> str | None:
    """The common name in the caller's certificate, as the TLS layer verified it; None without one."""
    connection = request.environ.get("gunicorn.socket")
    found = connection.getpeercert() if connection is not None and hasattr(connection, "getpeercert") else None
    if not found:
        return None
    return next((value for part in found.get("subject", ()) for key, value in part if key == "commonName"), None)


def _place(broken: SQLAlchemyError) -> str:
    """Which constraint or column refused, as far as the database says; never the row."""
    told = getattr(getattr(broken, "orig", None), "diag", None)
    return " ".join(str(each) for each in (getattr(told, name, None) for name in ("constraint_name", "column_name")) if each)


def _answer(engine: Engine, service: Service, system: str | None, raw: bytes) -> bytes:
    if system is None:
        raise SoapFault("certificate", "クライアント証明書がありません。")
    call = service.contract.read(raw)
    offered = service.operations.get(call.operation)
    if offered is None or system not in offered.callers:
        raise SoapFault("not_allowed", "この相手にはこの操作が許されていません。")
    with Session(engine) as session:
        given = _given_before(session, service, system, call)
        if given is not None:
            return given
        caller = Caller(system, call.staff_id, call.request_id)
        try:
            response = service.contract.answer(call.operation, offered.handler(session, caller, call.values))
        except SoapFault as refusal:
            session.rollback()
            if service.refused is not None:
                service.refused(session, caller, call, refusal)
                session.commit()
            raise
        if offered.keeps_answer:
            _remember(session, service, system, call, response)
        session.commit()
    return response


def _given_before(session: Session, service: Service, system: str, call: Call) -> bytes | None:
    """The answer this request id got, None where none was kept; a second one under way waits here for the first to commit."""
    mine = session.scalar(insert(service.seen).values(
        caller=system, request_id=call.request_id, operation=call.operation, body_sha256=_of_content(service, call))
        .on_conflict_do_nothing().returning(service.seen.id))
    if mine is not None:
        return None
    known = session.scalars(select(service.seen).where(
        service.seen.caller == system, service.seen.request_id == call.request_id)).one()
    if (known.operation, known.body_sha256) != (call.operation, _of_content(service, call)):
        raise SoapFault("request_id", "この要求IDは別の内容で使われています。新しい要求IDで送ってください。")
    return known.response


def _of_content(service: Service, call: Call) -> str:
    """What makes two requests the same: their values; a second sending has another time in its header."""
    return hmac.digest(service.key, json.dumps(call.values, sort_keys=True).encode(), "sha256").hex()


def _remember(session: Session, service: Service, system: str, call: Call, response: bytes) -> None:
    known = session.scalars(select(service.seen).where(
        service.seen.caller == system, service.seen.request_id == call.request_id)).one()
    known.response = response
    session.flush()
