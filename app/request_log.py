"""要求の記録: one JSON line a request and a fault, tied together by the request's id; no address, term, name or message in it."""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from typing import Final

from flask import Flask, Response, g, has_request_context, request, session

from config import Settings

HEADER: Final = "X-Request-Id"
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
log = logging.getLogger("nanbyo.request")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; of a fault its kind and where it happened, never what it said."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname, "logger": record.name,
                "message": record.getMessage(), **getattr(record, "more", {})}
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info and record.exc_info[0]:
            line["fault"] = record.exc_info[0].__name__
            line["frames"] = [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line, ensure_ascii=False)


def add_request_log(app: Flask, settings: Settings) -> None:
    """Give every request of *app* an id, which its answer and its lines carry; a proxy's own id is kept."""
    _speak(settings.log_level)

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "") if settings.proxies else ""
        g.request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers[HEADER] = g.request_id
            log.info("request", extra={"more": {
                "method": request.method, "endpoint": request.endpoint, "status": response.status_code,
                "ms": round((time.perf_counter() - g.begun) * 1000, 1), "user": session.person}})
        return response


def _speak(level: str) -> None:
    ours = logging.getLogger("nanbyo")
    ours.setLevel(level if level in logging.getLevelNamesMapping() else "WARNING")
    if not any(isinstance(each.formatter, JsonLines) for each in ours.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        ours.addHandler(handler)
