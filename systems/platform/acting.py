"""断りの文: what a page says where an act was refused; whatever has no sentence of its own was decided by somebody else first."""

from typing import Final

from systems.frame.acting import fault_of

SENTENCES: Final = {
    "letter": "文字を一つだけ、そのままか U+9089 の形で入れてください。異体字は U+9089 U+E0100 の形です。",
    "known": "この文字はもう登録されています。", "mj_number": "文字情報基盤の番号は MJ000001 の形です。",
    "picture": "字形の画像は 64 KB までの PNG にしてください。", "destination": "この出力先は、この文字をそのまま書けるか、ここにありません。",
    "instead": "置き換える文字は、出力先で書ける 1～4 文字です。? や 〓 のような、どの文字か分からなくなるものは使えません。",
    "username": "この利用者名は使えないか、すでにあります。氏名も入れてください。", "password": "パスワードは 12 文字以上にしてください。",
    "yourself": "自分の権限は変えられません。別の管理者に頼んでください。",
    "partner": "接続先の名前は英小文字と数字で、すでにある名前は使えません。システムの名前も入れてください。",
    "way_in": "SSH公開鍵を一行で入れるか、16 文字以上のパスワードを入れてください。", "address": "折返し先は https:// で始まる宛先です。",
    "reason": "理由を入力してください。", "same_person": "決めるのは、案を出した人とは別の人です。",
    "printer": "プリンターの名前と ipp:// か ipps:// の宛先を入れてください。すでにある名前は使えません。",
    "document": "印刷できるのは 20 MB までの PDF です。"}


def fault_shown() -> str:
    """The sentence for the refusal this page was reached with."""
    return fault_of(SENTENCES)
