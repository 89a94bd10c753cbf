"""権限: who of the city's staff may have a number assigned, see one, or permit another to see one."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.soap import SoapFault
from systems.frame.server import Caller
from systems.numberlink.gate import refuse_numbers
from systems.numberlink.tables import COMMON, Integrated, Permission

LASTS: Final = timedelta(minutes=30)
# 役割 → what it may do, here and by way of the core.
ROLES: Final = {"keying": "個人番号を登録する", "numbers": "個人番号を登録・確認する", "approver": "確認を承認する・名寄せを決める",
                "inquirer": "照会と結果を見る", "auditor": "記録を見る", "operator": "運用・鍵・職員を管理する"}
DEMO: Final = (
    ("numbers1", "番号 太郎", ("numbers", "inquirer")), ("numbers2", "番号 花子", ("numbers", "inquirer")),
    ("manager1", "管理 一郎", ("approver", "inquirer")), ("manager2", "管理 次郎", ("approver",)),
    ("auditor1", "監査 正", ("auditor",)), ("admin1", "権限 管理", ("operator",)), ("admin2", "運用 次郎", ("operator",)),
    *((f"clerk{place}", f"入力 {place}", ("keying",)) for place in range(1, 7)))


def demand(session: Session, caller: Caller, *roles: str) -> None:
    """Raise SoapFault(staff) unless the person the caller names is active here with one of *roles*."""
    known = session.scalars(select(COMMON.staff).where(
        COMMON.staff.username == caller.staff_id, COMMON.staff.is_active)).one_or_none()
    if known is None or not set(roles) & set(known.roles):
        raise SoapFault("staff", "この職員には番号連携サーバの権限がありません。管理者に連絡してください。")


def ask(session: Session, person: Integrated, who: str, reason: str) -> Permission:
    """承認を求める; SoapFault(reason) without one."""
    if not reason.strip():
        raise SoapFault("reason", "確認する理由を入力してください。")
    refuse_numbers(reason)
    wanted = Permission(integrated_id=person.id, asked_by=who, reason=reason.strip())
    session.add(wanted)
    session.flush()
    return wanted


def answer(session: Session, wanted: Permission, who: str, now: datetime, *, agrees: bool) -> None:
    """承認する・しない, by another person; once."""
    if wanted.asked_by == who:
        raise SoapFault("same_person", "求めた人とは別の人が承認してください。")
    if wanted.approved_by or wanted.refused_by:
        raise SoapFault("state", "この依頼はもう決まっています。")
    if agrees:
        wanted.approved_by, wanted.expires_at = who, now + LASTS
    else:
        wanted.refused_by = who
    session.flush()


def use(session: Session, person: Integrated, caller: Caller, now: datetime) -> Permission:
    """承認を使う: one look; the same request again is the same look. SoapFault(permission) where there is none."""
    found = session.scalars(select(Permission).where(
        Permission.integrated_id == person.id, Permission.asked_by == caller.staff_id, Permission.approved_by.is_not(None),
        Permission.expires_at > now, (Permission.used_at.is_(None)) | (Permission.used_request == caller.request_id))
        .order_by(Permission.id).limit(1).with_for_update()).one_or_none()
    if found is None:
        raise SoapFault("permission", "この人の個人番号の確認には、別の職員の承認が必要です。番号連携サーバの画面で求めてください。")
    found.used_at, found.used_request = found.used_at or now, caller.request_id
    session.flush()
    return found
