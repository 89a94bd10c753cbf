"""過誤調整・返戻依頼の一覧: what the office asks payers and institutions to take back, as lists to send; who is on them is journalled."""

from dataclasses import astuple, dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.journal import Action
from procedures import journal
from procedures.actor import Actor
from procedures.desk import labels
from procedures.held_receipts import ALIKE
from procedures.refusal import Refused
from rules.receipt_check import BY_CODE

ADJUST, RETURN = "adjust", "return"
TITLES: Final = {ADJUST: "過誤調整一覧", RETURN: "返戻依頼一覧"}
HEADINGS: Final = ("依頼日", "審査支払機関", "請求年月", "診療年月", "医療機関番号", "医療機関名", "受給者番号", "氏名", "入外", "点数", "総医療費",
                   "公費負担額", "自己負担額", "理由")
_FACILITY: Final = "(SELECT f.name FROM facility f WHERE f.number = {} ORDER BY f.valid_from DESC LIMIT 1)"
_OF_FINDINGS: Final = f"""
SELECT (f.decided_at AT TIME ZONE 'Asia/Tokyo')::date AS decided_on,
  coalesce(s.agency, CASE WHEN b.payer_class IN ('2', '3', '5') THEN '2' ELSE '1' END) AS agency, b.billing_month, b.treatment_month,
  b.facility_number, {_FACILITY.format('b.facility_number')} AS facility, b.recipient_number, r.name, b.setting, b.points,
  b.total_yen, b.public_yen, b.copay_yen, ARRAY[f.code] AS codes, f.note, f.recipient_id, f.id AS finding_id
FROM receipt_finding f JOIN benefit b ON b.id = f.benefit_id AND b.recipient_id = f.recipient_id
JOIN recipient r ON r.id = f.recipient_id LEFT JOIN receipt_set s ON s.id = b.set_id WHERE f.state = :state"""
_OF_HELD: Final = f"""
SELECT (h.decided_at AT TIME ZONE 'Asia/Tokyo')::date, s.agency, h.content ->> 'billing_month', h.content ->> 'treatment_month',
  h.content ->> 'facility_number', {_FACILITY.format("h.content ->> 'facility_number'")}, h.content ->> 'recipient_number',
  h.content ->> 'name', h.content ->> 'setting', (h.content ->> 'points')::int, (h.content ->> 'total_yen')::bigint,
  (h.content ->> 'public_yen')::bigint, (h.content ->> 'copay_yen')::bigint, h.codes, h.note, coalesce(h.recipient_id, a.id), NULL
FROM held_receipt h JOIN receipt_set s ON s.id = h.set_id LEFT JOIN LATERAL ({ALIKE}) a ON true WHERE h.decision = 'refused' AND :state = 'return'"""


@dataclass(frozen=True)
class Entry:
    """一覧の一行, in the order of HEADINGS."""

    decided_on: date
    agency: str
    billing_month: str
    treatment_month: str
    facility_number: str
    facility: str
    recipient_number: str
    name: str
    setting: str
    points: int | None
    total_yen: int | None
    public_yen: int | None
    copay_yen: int | None
    reason: str

    def cells(self) -> tuple[object, ...]:
        """The values under HEADINGS."""
        return astuple(self)


def entries(session: Session, actor: Actor, kind: str, begins: date, ends: date) -> list[Entry]:
    """一覧: what was decided on the days *begins* to *ends*, by agency and institution; whom it shows is journalled. Refused."""
    found, people, _ = _read(session, kind, begins, ends)
    journal.record(session, actor, Action.LISTED, detail={"receipts_to": kind, "rows": len(found), "recipients": people})
    return found


def take_out(session: Session, actor: Actor, kind: str, begins: date, ends: date, form: str, on: date) -> list[Entry]:
    """一覧を出す: the same for a file or on paper; journalled, and from then on its files cannot be undone. Refused."""
    found, people, findings = _read(session, kind, begins, ends)
    if not found:
        raise Refused("この期間に載せるものはありません。期間を確かめてください。")
    session.execute(text("UPDATE receipt_finding SET listed_on = coalesce(listed_on, :on) WHERE id = ANY(:ids)"),
                    {"on": on, "ids": findings})
    journal.record(session, actor, Action.EXPORTED, detail={
        "receipts_to": kind, "format": form, "rows": len(found), "recipients": people})
    return found


def _read(session: Session, kind: str, begins: date, ends: date) -> tuple[list[Entry], list[int], list[int]]:
    if kind not in TITLES:
        raise Refused("一覧の種類を選んでください。")
    words = labels(session, ("setting", "payer_agency"))
    rows = session.execute(text(f"SELECT * FROM ({_OF_FINDINGS} UNION ALL {_OF_HELD}) each WHERE decided_on BETWEEN :begins AND :ends "
                                "ORDER BY agency, facility_number, treatment_month, recipient_number"),
                           {"state": kind, "begins": begins, "ends": ends}).all()
    found = [Entry(row.decided_on, words["payer_agency"].get(row.agency or "", ""), row.billing_month or "", row.treatment_month or "",
                   row.facility_number or "", row.facility or "", row.recipient_number or "", row.name or "",
                   words["setting"].get(row.setting or "", ""), row.points, row.total_yen, row.public_yen, row.copay_yen,
                   _reason(row.codes, row.note)) for row in rows]
    return (found, sorted({row.recipient_id for row in rows if row.recipient_id}),
            [row.finding_id for row in rows if row.finding_id])


def _reason(codes: list[str], note: str | None) -> str:
    """What the checks say and what the person added."""
    return " ".join([*(BY_CODE[code].sentence for code in codes if code in BY_CODE), note or ""]).strip()
