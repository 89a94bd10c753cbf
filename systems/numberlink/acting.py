"""画面の操作: an act of a page is one transaction; what is refused comes back as a sentence on the page it was tried on."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from exchange.soap import SoapFault
from systems.frame.screens import transaction

SENTENCES = {
    "reason": "理由・根拠を入力してください。", "number_in_text": "個人番号とみられる数字は、この欄に入力できません。",
    "same_person": "決めるのは、求めた人・判断した人とは別の人です。", "state": "ほかの人が先に処理しました。いまの状態を見て選び直してください。",
    "two_numbers": "二人にはそれぞれ統合宛名番号があります。統合宛名番号は付け替えられないので、どちらの個人番号が誤りかを先に確かめてください。",
    "username": "利用者名は、半角の英数字と _ . - で 40 文字までです。すでにある利用者名は使えません。",
    "password": "パスワードは 12 文字以上にしてください。", "yourself": "自分の権限は、自分では変えられません。",
    "no_number": "この宛名には、まだ個人番号が登録されていません。"}


def acted(act: str, subject: str, back: str, do: Callable[[Session], Any]) -> Response:
    """Do it and go *back*; a refusal stores nothing and is shown there."""
    try:
        with transaction(act, subject) as session:
            do(session)
    except SoapFault as refused:
        return redirect(f"{back}?fault={refused.code}")
    return redirect(back)


def fault_shown() -> str:
    """The sentence for the refusal this page was reached with."""
    code = request.args.get("fault", "")
    return SENTENCES.get(code, SENTENCES["state"]) if code else ""
