"""断りの文: what a page says where an act was refused; whatever has no sentence of its own was decided by somebody else first."""

from typing import Final

from systems.frame.acting import fault_of

SENTENCES: Final = {
    "reason": "理由・根拠を入力してください。", "number_in_text": "個人番号とみられる数字は、この欄に入力できません。",
    "same_person": "決めるのは、求めた人・判断した人とは別の人です。",
    "two_numbers": "二人にはそれぞれ統合宛名番号があります。統合宛名番号は付け替えられないので、どちらの個人番号が誤りかを先に確かめてください。",
    "username": "利用者名は、半角の英数字と _ . - で 40 文字までです。すでにある利用者名は使えません。",
    "password": "パスワードは 12 文字以上にしてください。", "yourself": "自分の権限は、自分では変えられません。",
    "no_number": "この宛名には、まだ個人番号が登録されていません。"}


def fault_shown() -> str:
    """The sentence for the refusal this page was reached with."""
    return fault_of(SENTENCES)
