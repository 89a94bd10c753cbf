"""試用のレセプト: two months of a payer's files as the office took them in: right ones, every kind of finding, held ones, and what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from exchange.receipt_profile import LABELS, STANDARD
from models.benefit import Benefit
from models.receipt import HeldReceipt, ReceiptFinding, ReceiptSet
from models.recipient import Recipient
from models.reimbursement import ReimbursementBill
from procedures.benefit_adjustment import type_slip
from procedures.held_receipts import accept, refuse
from procedures.receipt_findings import decide
from procedures.receipt_formats import reading_of
from procedures.receipt_import import Incoming, Place, import_receipts
from procedures.receipt_report import enter_invoice
from procedures.receipt_undo import undo
from procedures.receipt_vault import ReceiptVault
from rules.numbers import with_check_digit
from rules.special_cases import months_before
from seeds.demo_cases import Office
from seeds.demo_payer import load_payer
from seeds.residents import FACILITIES

COLUMNS: Final = tuple(LABELS)[:26]
PEOPLE: Final = 40
COSTLY: Final = 3  # whose months may bring 高額かつ長期
ELSEWHERE: Final = "1311099996"  # no designated institution
OF_THE_FUND, OF_THE_FEDERATION = ("1", "1"), ("2", "2")  # 審査支払機関, 保険種別
Row = dict[str, Any]


class _ReceiptOffice(Office):
    """試用の職員 with the place where received files lie."""

    place: Place


def load_receipts(session: Session, settings: Settings, on: date) -> None:
    """Take in two files and one that was sent by mistake; decide some of what they raised and leave the rest to the office."""
    office = _ReceiptOffice(session, settings, on)
    office.place = Place(ReceiptVault(settings.data_dir / "receipts", settings.keys()), (office.city.payer_general, office.city.payer_welfare))
    people = list(session.scalars(select(Recipient).where(
        Recipient.state == "certified", Recipient.valid_to > on + timedelta(days=75), Recipient.tier != "A", Recipient.is_withheld.is_(False),
        Recipient.valid_from < on - timedelta(days=75)).order_by(Recipient.valid_from, Recipient.id).limit(PEOPLE)))
    this, last, before = (months_before(f"{on:%Y-%m}", back) for back in (0, 1, 2))
    first = [_row(person, before, last, 200 + place * 35) for place, person in enumerate(people[COSTLY:20])]
    for person in people[:COSTLY]:
        first += [_row(person, month, last, 6_000) for month in (months_before(before, back) for back in range(6, -1, -1))
                  if month >= f"{person.valid_from:%Y-%m}"]
    _take(office, f"receipts-{last}.csv", first)
    ordinary = [_row(person, last, this, 300 + place * 45, "2" if place % 4 == 0 else "1") for place, person in enumerate(people[9:])]
    _take(office, f"receipts-{this}.csv", [*ordinary, *_faulty(people, last, this), *_paid_back(session, this)])
    _of_the_federation(office, people[20:24], last, this)
    mistaken = _take(office, f"receipts-{this}-2.csv", [_row(person, last, this, 555) for person in people[:2]])
    undo(session, office.actors["manager1"], mistaken.id, "試験用のファイルを誤って受け取った", office.now)
    _decide(office)
    _slips(office)
    _invoices(office, this)


def _row(person: Recipient, month: str, billed: str, points: int, payer_class: str = "1", **other: Any) -> Row:
    """An outpatient receipt over *points*: seven tenths the insurer's, two the patient's up to her cap, the rest the office's."""
    own = min(points * 2, person.copay_cap_yen or 0)
    return {"billing_month": billed, "treatment_month": month, "setting": "2", "benefit_kind": "1", "days": 2, "points": points,
            "total_yen": points * 10, "insurer_yen": points * 7, "copay_yen": own, "public_yen": points * 3 - own,
            "payer_class": payer_class, "facility_number": FACILITIES[points // 5 % 5], "receipt_kind": "1", "receipt_count": 1,
            "reexamination": "0", "payer_number": person.payer_number, "recipient_number": person.recipient_number, "name": person.name,
            "birth_date": f"{person.birth_date:%Y%m%d}", "sex": person.sex, "tenths": 3} | other


def _faulty(people: Sequence[Recipient], month: str, billed: str) -> list[Row]:
    """One receipt a fault: what a payer's file holds now and then."""
    a, b, c, d, e, f, g, h, i = people[:9]
    cap = g.copay_cap_yen or 0
    return [
        _row(a, month, billed, 1_000, name="見本 別人"), _row(b, month, billed, 1_100, facility_number=ELSEWHERE),  # W4, W5
        _row(c, month, billed, 1_200), _row(c, month, billed, 1_200),  # W6
        _row(d, month, billed, 9_000, copay_yen=(d.copay_cap_yen or 0) + 3_000),  # W7, W8
        _row(e, month, billed, 1_300, total_yen=13_100, insurer_yen=9_100, public_yen=13_100 - 9_100 - min(2_600, e.copay_cap_yen or 0)),  # W9
        _row(f, month, billed, 1_400, insurer_yen=0, copay_yen=0, public_yen=14_000),  # W10
        _row(g, month, billed, 20_000, copay_yen=cap), _row(g, month, billed, 15_000, copay_yen=cap, public_yen=45_000 - cap),  # W7
        _row(h, month, billed, 1_500, treatment_month=months_before(month, -2)),  # W15
        *[_row(h, month, billed, 1_600 + at, recipient_number=with_check_digit(f"99999{at}")) for at in range(3)],  # E2
        _row(i, months_before(f"{i.valid_from:%Y-%m}", 30), billed, 1_700)]  # E3


def _paid_back(session: Session, billed: str) -> list[Row]:
    """A receipt of a month that the office paid back already (W12)."""
    found = session.execute(select(Recipient, ReimbursementBill.treated_on).join(
        ReimbursementBill, ReimbursementBill.recipient_id == Recipient.id).where(ReimbursementBill.is_granted).order_by(
        ReimbursementBill.id).limit(1)).all()
    return [_row(person, f"{day:%Y-%m}", billed, 1_800) for person, day in found]


def _take(office: _ReceiptOffice, name: str, rows: Iterable[Row]) -> ReceiptSet:
    """The file as the payer sends it, taken in by the manager."""
    return _take_in(office, name, _file(list(rows)), "csv")


def _of_the_federation(office: _ReceiptOffice, people: Sequence[Recipient], month: str, billed: str) -> None:
    """A payer whose table the city mapped itself; what broke on its way came again whole."""
    plain = [_row(person, month, billed, 400, "2") for person in people]
    content, form = load_payer(office.session, office, office.place, people, plain)
    _take_in(office, f"{form}-{billed}-2.csv", content, form)


def _take_in(office: _ReceiptOffice, name: str, content: bytes, form: str) -> ReceiptSet:
    source = BytesIO(content)
    sha256, size = office.place.vault.keep(source)
    report = import_receipts(office.session, office.actors["manager1"], Incoming(name, sha256, size, form),
                             reading_of(office.session, form, source, office.on),
                             office.place, office.now)
    assert report.accepted and not report.rejected, report.errors
    return office.session.scalars(select(ReceiptSet).where(ReceiptSet.sha256 == sha256)).one()


def _file(rows: Sequence[Mapping[str, Any]]) -> bytes:
    lines = [",".join(LABELS[name] for name in COLUMNS),
             *(",".join("" if row.get(name) is None else str(row[name]) for name in COLUMNS) for row in rows),
             f"合計,{len(rows)},{sum(row['points'] for row in rows)},{sum(row['total_yen'] for row in rows)}"]
    return "".join(f"{line}\r\n" for line in lines).encode(STANDARD.encoding, "replace")


def _decide(office: _ReceiptOffice) -> None:
    """Of findings and held receipts some are decided; of every kind something is left."""
    session, manager, now = office.session, office.actors["manager1"], office.now
    for code, decision, note in (("W6", "adjust", "同じ月に二度届いた"), ("W5", "return", "指定のない医療機関"), ("W4", "accepted", "改姓の届出を確認した")):
        numbers = list(session.scalars(select(ReceiptFinding.id).where(
            ReceiptFinding.code == code, ReceiptFinding.state == "open", ReceiptFinding.benefit_id.is_not(None)).order_by(ReceiptFinding.id).limit(1)))
        if numbers:
            decide(session, manager, numbers, decision, note, now)
    held = session.scalars(select(HeldReceipt).where(HeldReceipt.decision.is_(None)).order_by(HeldReceipt.id)).all()
    refuse(session, manager, held[0].id, "番号の人がいない", now)
    known = session.scalars(select(Recipient.recipient_number).where(Recipient.name == held[1].content["name"], Recipient.state == "certified")
                            .order_by(Recipient.id)).first()
    accept(session, manager, held[1].id, str(known), "医療機関に電話で受給者番号を確かめた", office.place.payers, now)


def _slips(office: Office) -> None:
    """調整: one that two people typed, and one that waits for its second."""
    rows = office.session.scalars(select(Benefit).where(Benefit.set_id.is_not(None)).order_by(Benefit.id).limit(2)).all()
    for row, typists in zip(rows, (("clerk1", "clerk2"), ("clerk1",)), strict=True):
        for who in typists:
            type_slip(office.session, office.actors[who], row.id, row.recipient_id, "1", office.on, office.now)


def _invoices(office: Office, month: str) -> None:
    """What the payers invoice: one equal to the receipts, one three receipts more."""
    for (agency, payer_class), more in ((OF_THE_FUND, 3), (OF_THE_FEDERATION, 0)):
        rows = office.session.execute(select(Benefit.receipt_count, Benefit.points, Benefit.public_yen).where(
            Benefit.billing_month == month, Benefit.payer_class == payer_class)).all()
        amounts = (len(rows) + more, sum(row.points or 0 for row in rows) + more * 400, sum(row.public_yen or 0 for row in rows) + more * 400)
        enter_invoice(office.session, office.actors["manager1"], month, agency, payer_class, amounts)
