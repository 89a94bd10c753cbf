"""試用の国保連合会: a payer's table of its own as the city mapped it, a file in it with what is seen seldom, and one that was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.receipt_profile import LABELS, STANDARD, Mapped
from models.certification import Certification
from models.job import Job
from models.recipient import Recipient
from procedures.inquiries import answer, ask
from procedures.receipt_import import Place
from procedures.receipt_job import ReceiptJob, receive
from procedures.receipt_profiles import publish
from rules.numbers import with_check_digit
from rules.parameters import figures
from seeds.demo_cases import Office
from seeds.residents import FACILITIES

NAME: Final = "kokuho"
ITEMS: Final = (*tuple(LABELS)[:26], "other_schemes")
_GONE: Final = "53"  # 介護療養施設サービス, claimed no more
_FOREIGN: Final = with_check_digit("5499001")  # another city's 負担者番号
Row = Mapping[str, Any]


def map_table(office: Office) -> None:
    """様式を公開する: the payer's columns, its character set and where its totals stand."""
    columns = (*STANDARD.columns, Mapped("other_schemes", len(ITEMS)))
    publish(office.session, office.actors["manager1"], replace(
        STANDARD, name=NAME, label="国保連合会 (試用)", width=len(ITEMS), columns=columns,
        headings=tuple(LABELS[item] for item in ITEMS)), office.on, office.on)


def seldom(office: Office, people: Sequence[Recipient], plain: Sequence[Row]) -> list[Row]:
    """W11・W13・W14・W16・E1 from the *plain* receipts of the first four *people*, one after the other."""
    _insurer_said(office, people[0], "ウ")
    other_class, care, child, often = plain
    most = figures("receipt_check", office.on)["most_receipts"]
    return [dict(other_class) | {"notes": "26"},  # ア
            dict(care) | {"setting": "7", "benefit_kind": "7", "care_service": _GONE},
            dict(child) | {"other_schemes": "52"}, dict(child) | {"points": 410, "total_yen": 4_100, "payer_number": _FOREIGN},
            *[_visit(often, at) for at in range(most + 1)]]


def send_broken(office: Office, place: Place, content: bytes, name: str) -> None:
    """途中で切れたファイル: received on the screen and refused whole by its job; its report tells why."""
    upload = receive(office.session, office.actors["manager1"], place.vault, name, BytesIO(content), NAME, None, office.now)
    office.session.flush()
    handler, job = ReceiptJob(place, lambda: office.now), office.session.get_one(Job, upload.job_id)
    job.state, job.total, job.started_at, job.alive_at = "running", handler.plan(office.session, job), office.now, office.now
    job.done += handler.step(office.session, job)
    job.state, job.finished_at = "done", office.now
    office.session.flush()


def written(rows: Sequence[Row]) -> bytes:
    """The payer's file over *rows*, with its line of totals behind."""
    lines = [",".join(LABELS[item] for item in ITEMS),
             *(",".join("" if row.get(item) is None else str(row[item]) for item in ITEMS) for row in rows),
             f"合計,{len(rows)},{sum(row['points'] for row in rows)},{sum(row['total_yen'] for row in rows)}"]
    return "".join(f"{line}\r\n" for line in lines).encode(STANDARD.encoding, "replace")


def _visit(plain: Row, at: int) -> Row:
    """One small receipt among many of a month."""
    points = 30 + at
    return dict(plain) | {"points": points, "total_yen": points * 10, "insurer_yen": points * 7, "copay_yen": points * 2, "public_yen": points,
                          "facility_number": FACILITIES[at % 5], "days": 1}


def _insurer_said(office: Office, person: Recipient, insurance_class: str) -> None:
    """適用区分: the insurer was asked about it and has answered."""
    application = office.session.scalars(select(Certification.application_id).where(
        Certification.id == person.current_certification_id)).one()
    reviewer = office.actors["reviewer1"]
    asked = ask(office.session, reviewer, application, "insurer", "適用区分を確かめたい", office.on)
    answer(office.session, reviewer, asked.id, f"適用区分{insurance_class}", office.on, insurance_class)


def load_payer(session: Session, office: Office, place: Place, people: Sequence[Recipient], plain: Sequence[Row]) -> tuple[bytes, str]:
    """The whole of it: the profile, the file to take in (returned with its format), and the one that broke on its way."""
    map_table(office)
    content = written(seldom(office, people, plain))
    send_broken(office, place, content[:len(content) // 2], f"kokuho-{office.on:%Y-%m}-1.csv")
    session.flush()
    return content, NAME
