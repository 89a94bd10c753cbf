"""入力画面の言葉: what the scripts of the keying screen say; the page brings them in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.words import language
from forms.called import called
from forms.sheet import Sheet

KEYING_WORDS: Final = {
    "date": _l("日付として読めません。原本を確かめてください。"), "month": _l("年月として読めません。原本を確かめてください。"),
    "code": _l("一覧にない番号です。"),
    "lengths": _l("桁数が違います。原本を確かめてください。"), "check": _l("検証番号が合いません。原本を確かめてください。"),
    "kana": _l("カタカナで入力してください。"), "yen": _l("0以上の整数を入力してください。"),
    "must": _l("記入がありません。原本を確かめてください。"), "disease": _l("番号か病名の一部で選び直してください。"),
    "currency": _l("円"), "unreadable": _l("判読不能"), "saved": _l("保存済み"),
    "waiting": _l("まだ保存できません。入力は続けられます。ログインが切れたときは別の窓でログインしてください"),
    "example_date": _l("例 5080401 (元号1明2大3昭4平5令)、R8.4.1、20260401"), "example_month": _l("例 50804 (元号1明2大3昭4平5令)、R8.4、202604"),
    "example_disease": _l("告示番号、または病名の一部を2文字以上"),
}


def words_of(words: Mapping[str, Any]) -> dict[str, str]:
    """The words in the reader's language."""
    return {name: str(said) for name, said in words.items()}


def names_on(sheet: Sheet) -> dict[str, str]:
    """欄の呼び名 as the paper has them; a reader of English gets the whole labels."""
    return called(sheet) if language() == "ja" else {}
