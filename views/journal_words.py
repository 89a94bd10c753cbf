"""操作記録の言葉: an entry's act and content as an office would say them."""

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.journal import JournalEntry
from procedures.rights import BY_CODE, ROLES
from views.roles import role_name, words

ACTIONS: Final = {
    "logged_in": _l("ログイン"), "logged_out": _l("ログアウト"), "login_failed": _l("ログイン失敗"), "saw": _l("閲覧"),
    "listed": _l("一覧表示"), "searched": _l("検索"), "received": _l("受付"), "keyed": _l("入力"),
    "settled": _l("相違の確認"), "registered": _l("登録"), "assessed": _l("所得判定"), "reviewed": _l("審査"),
    "drafted": _l("起案"), "decided": _l("決裁"), "sent_back": _l("差戻し"), "issued": _l("交付"),
    "printed": _l("印刷"), "exported": _l("出力"), "imported": _l("取込"), "changed": _l("変更"),
    "administered": _l("権限・コード・様式の管理"), "refused": _l("権限なし"),
}
SUBJECTS: Final = {
    "recipient": _l("受給者"), "application": _l("申請"), "received_sheet": _l("受付票"), "certification": _l("認定"),
    "certificate": _l("受給者証"), "individual_number": _l("個人番号"), "sheet_version": _l("様式の版"), "job": _l("時間のかかる仕事"),
    "reimbursement_claim": _l("特定医療費請求"), "number_report": _l("個人番号記載票"), "code_entry": _l("コード"),
    "facility": _l("指定医療機関"), "insurer": _l("保険者"), "disease": _l("指定難病"), "bank": _l("金融機関"),
    "bank_branch": _l("金融機関の支店"), "municipality": _l("市区町村"),
}
_ACTS: Final = {
    "given": _l("加えた"), "taken": _l("外した"), "added": _l("加えた"), "changed": _l("変えた"), "stopped": _l("利用を止めた"),
    "resumed": _l("利用を再開した"), "renewed_password": _l("仮のパスワードを作った"), "chose_password": _l("自分のパスワードを決めた"),
    "drafted": _l("下書きを始めた"), "taken_over": _l("引き取った"), "published": _l("公開した"), "discarded": _l("捨てた"),
    "withdrawn": _l("公開を取り消した"), "asked": _l("頼んだ"), "pause": _l("止めた"), "resume": _l("再開した"), "cancel": _l("取りやめた"),
    "ended": _l("終えた"),
}
_PARTS: Final = {
    "rows": _l("%(value)s件"), "turn": _l("%(value)s回目"), "sheet": _l("様式 %(value)s"), "number": _l("第%(value)s版"),
    "begins": _l("%(value)sから"), "listing": _l("一覧 %(value)s"), "master": _l("台帳 %(value)s"), "job": _l("仕事 %(value)s"),
    "format": _l("形式 %(value)s"), "user": _l("利用者番号 %(value)s"), "figures": _l("入力の成績 %(value)s"), "kind": _l("種類 %(value)s"),
}


def action(entry: JournalEntry) -> str:
    """What was done."""
    return str(ACTIONS.get(entry.action, entry.action))


def subject(entry: JournalEntry) -> str:
    """What it was done to: its kind and number, never a name."""
    if entry.subject_kind is None:
        return ""
    return f"{SUBJECTS.get(entry.subject_kind, entry.subject_kind)} {entry.subject_id}"


def content(entry: JournalEntry) -> str:
    """The rest of the entry in a few words; the file holds it in full."""
    detail: dict[str, Any] = entry.detail or {}
    parts = [str(_PARTS[key]) % {"value": value} for key, value in detail.items() if key in _PARTS]
    if detail.get("right") in BY_CODE and detail.get("role") in ROLES:
        parts.append(_("「%(role)s」の「%(right)s」", role=role_name(detail["role"]), right=words(BY_CODE[detail["right"]])))
    if detail.get("individual_number"):
        parts.append(_("個人番号を表示した"))
    if detail.get("reprint"):
        parts.append(_("再印刷"))
    if detail.get("recipients"):
        parts.append(_("受給者%(n)s人", n=len(detail["recipients"])))
    if detail.get("filtered_by"):
        parts.append(_("条件%(n)s項目", n=len(detail["filtered_by"])))
    if "act" in detail:
        parts.append(str(_ACTS.get(detail["act"], detail["act"])))
    return "、".join(parts)
