"""操作記録の言葉: an entry's act and content as an office would say them."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.menu import MENU
from app.words import say
from forms.catalogue import SHEETS
from models.journal import JournalEntry
from procedures.letters import KINDS as LETTERS
from procedures.masters import MASTERS
from procedures.rights import BY_CODE, ROLES
from procedures.two_person import KINDS
from views.figures import TITLES
from views.jobs import KINDS as JOBS
from views.roles import role_name, words

ACTIONS: Final = {
    "logged_in": _l("ログイン"), "logged_out": _l("ログアウト"), "login_failed": _l("ログイン失敗"), "saw": _l("閲覧"),
    "listed": _l("一覧表示"), "searched": _l("検索"), "received": _l("受付"), "keyed": _l("入力"),
    "settled": _l("相違の確認"), "registered": _l("登録"), "assessed": _l("所得判定"), "reviewed": _l("審査"),
    "drafted": _l("起案"), "decided": _l("決裁"), "sent_back": _l("差戻し"), "issued": _l("交付"),
    "printed": _l("印刷"), "exported": _l("出力"), "imported": _l("取込"), "changed": _l("変更"),
    "administered": _l("権限・コード・様式の管理"), "refused": _l("権限なし"),
    "disposed": _l("廃棄"),
}
SUBJECTS: Final = {
    "recipient": _l("受給者"), "application": _l("申請"), "received_sheet": _l("受付票"), "certification": _l("認定"),
    "certificate": _l("受給者証"), "individual_number": _l("個人番号"), "sheet_version": _l("様式の版"), "job": _l("時間のかかる仕事"),
    "reimbursement_claim": _l("特定医療費請求"), "number_report": _l("個人番号記載票"), "code_entry": _l("コード"),
    "facility": _l("指定医療機関"), "insurer": _l("保険者"), "disease": _l("指定難病"), "bank": _l("金融機関"),
    "bank_branch": _l("金融機関の支店"), "municipality": _l("市区町村"), "patient": _l("本人"), "insurance": _l("医療保険"),
    "household_member": _l("世帯員"), "assessment": _l("所得判定"), "review": _l("審査"), "decision": _l("決裁"),
    "benefit": _l("給付"), "addressee": _l("宛名"), "inquiry": _l("照会"), "letter": _l("通知"), "correction": _l("訂正"),
    "renewal_season": _l("更新時期"), "board_session": _l("審査会"), "work_item": _l("作業"), "recall": _l("回収"),
    "payment_batch": _l("支払回"), "payment_return": _l("振込不能"), "two_person_request": _l("二人での承認"),
    "receipt_set": _l("レセプトファイル"), "held_receipt": _l("保留したレセプト"), "receipt_finding": _l("指摘"), "payer_invoice": _l("請求額"),
    "check_severity": _l("点検の重さ"), "benefit_adjustment": _l("調整の入力"), "batch_assignment": _l("束の割当"),
}
_ACTS: Final = {
    "given": _l("加えた"), "taken": _l("外した"), "added": _l("加えた"), "changed": _l("変えた"), "stopped": _l("利用を止めた"),
    "resumed": _l("利用を再開した"), "renewed_password": _l("仮のパスワードを作った"), "chose_password": _l("自分のパスワードを決めた"),
    "drafted": _l("下書きを始めた"), "taken_over": _l("引き取った"), "published": _l("公開した"), "discarded": _l("捨てた"),
    "withdrawn": _l("公開を取り消した"), "asked": _l("頼んだ"), "pause": _l("止めた"), "resume": _l("再開した"), "cancel": _l("取りやめた"),
    "ended": _l("終えた"), "ended_elsewhere": _l("ほかの場所でのログインで終わった"), "proved_again": _l("本人を確かめて画面を開けた"),
    "enrolment_issued": _l("読取装置の登録コードを出した"), "enrolment_confirmed": _l("読取装置の登録を確かめた"),
    "enrolment_cancelled": _l("読取装置の登録を取り消した"), "enrolled": _l("読取装置を登録した"),
    "authenticator_revoked": _l("読取装置を使えなくした"), "authenticator_copied": _l("複製の疑いで読取装置を使えなくした"),
    "handed_over": _l("全庁の共通認証に切り替えた"), "confirmed": _l("承認した"), "rejected": _l("却下した"), "used": _l("使った"), "batch_given": _l("束を割り当てた"), "batch_taken_back": _l("束の割当を終えた"),
}
_FACTORS: Final = {"password": _l("パスワード"), "finger": _l("指"), "code": _l("登録コード"), "enrolment": _l("読取装置の登録"),
                   "provider": _l("全庁の共通認証"), "trial": _l("試用モード (パスワードだけ)")}
_PARTS: Final = {
    "rows": _l("%(value)s件"), "turn": _l("%(value)s回目"), "sheet": _l("様式 %(value)s"), "number": _l("第%(value)s版"),
    "begins": _l("%(value)sから"), "listing": _l("一覧 %(value)s"), "master": _l("台帳 %(value)s"), "job": _l("仕事 %(value)s"),
    "format": _l("形式 %(value)s"), "user": _l("利用者番号 %(value)s"), "figures": _l("入力の成績 %(value)s"), "kind": _l("種類 %(value)s"),
    "letter": _l("通知 %(value)s"), "statistics": _l("統計 %(value)s年度"), "preview": _l("確認用に表示した"), "two_person": _l("二人での承認 %(value)s"),
}
_PAYMENTS: Final = {
    "made": _l("支払回を作った"), "released": _l("承認した"), "cancelled": _l("取り消した"), "taken": _l("ファイルで受け取った"),
    "outbox": _l("銀行の箱に置いた"), "returned": _l("振込不能を登録した"), "put_back": _l("支払に戻した"), "detail": _l("振込明細"),
    "entries": _l("仕訳"),
}

_ACTED: Final = (("payment", _PAYMENTS), ("factor", _FACTORS), ("act", _ACTS))

# What a part of an entry names by a word of ours is said in the office's.
_NAMES: Final[Mapping[str, Mapping[str, Any]]] = {
    "listing": {entry.address.strip("/"): entry.label for _title, entries in MENU for entry in entries},
    "sheet": {sheet.name: sheet.label for sheet in SHEETS},
    "master": {**{noun: master.label for noun, master in MASTERS.items()}, "users": _l("利用者")},
    "two_person": {name: kind.label for name, kind in KINDS.items()},
    "job": JOBS, "letter": {kind: letter.label for kind, letter in LETTERS.items()}, "figures": TITLES,
    "kind": {**SUBJECTS, "facilities": _l("指定医療機関"), "insurers": _l("保険者"), "users": _l("利用者"),
             "residents": _l("住民情報"), "taxes": _l("税情報")},
}


def _named(key: str, value: Any) -> Any:
    found = _NAMES.get(key, {}).get(value) if isinstance(value, str) else None
    return value if found is None else say(str(found))


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
    parts = [str(_PARTS[key]) % {"value": _named(key, value)} for key, value in detail.items() if key in _PARTS]
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
    parts += [str(known.get(detail[key], detail[key])) for key, known in _ACTED if key in detail]
    return "、".join(parts)
