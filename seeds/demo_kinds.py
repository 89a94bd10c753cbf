"""試用の案件: one paper of each kind that the cases in every state are not, inquiries of every kind, a protected person."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from forms.catalogue import SHEETS
from models.application import Application
from models.recipient import Recipient
from procedures.inquiries import answer, ask
from procedures.protection import protect
from seeds.demo_cases import Office

LOST, TIER = "1", "12"  # 再交付理由・変更内容 of the demo papers
PAPERS: Final = ("transfer_in", "registration_certificate", "mild_high_cost")


def load_kinds(session: Session, settings: Settings, on: date, papers: list[dict[str, str]]) -> None:
    """Make the papers from *papers* (one for each of PAPERS) and from people who are certified or refused."""
    office = Office(session, settings, on)
    certified = list(session.scalars(select(Recipient).where(
        Recipient.state == "certified", Recipient.valid_to > on + timedelta(days=60), Recipient.is_withheld.is_(False))
        .order_by(Recipient.id).offset(10).limit(3)))
    made = [office.keyed(kind, _fitting(kind, answers)) for kind, answers in zip(PAPERS, papers, strict=True)]
    changed = office.keyed("change_application", _numbered(certified[0], on) | {"application.change_contents": TIER})
    office.keyed("reissue", _numbered(certified[1], on) | {"application.reissue_reason": LOST})
    _inquiries(office, [*made, changed])
    protect(session, office.actors["manager1"], certified[2].id, on - timedelta(days=40), "住民票の支援措置の申出による")


def _fitting(kind: str, answers: Mapping[str, str]) -> dict[str, str]:
    """What this paper asks of what its writer would say."""
    sheet = next(each for each in SHEETS if each.name == kind)
    asked = {field.name for field in sheet.fields()}
    return {name: text for name, text in {**answers, "review.mild_high_cost": "1"}.items() if name in asked}


def _numbered(person: Recipient, on: date) -> dict[str, str]:
    return {"application.application_date": f"{on:%Y%m%d}", "application.written_recipient_number": str(person.recipient_number)}


def _inquiries(office: Office, cases: list[Application]) -> None:
    """An insurer was asked in time, a tax office is late, costs were asked for; another insurer has answered."""
    session, reviewer, on = office.session, office.actors["reviewer1"], office.on
    moved, _, mild, changed = cases
    ask(session, reviewer, moved.id, "tax", "前の市の課税の額を確かめたい", on - timedelta(days=20))
    ask(session, reviewer, moved.id, "insurer", "適用区分を確かめたい", on - timedelta(days=3))
    ask(session, reviewer, mild.id, "mild_high_cost", "医療費の総額を確かめたい", on - timedelta(days=6))
    asked = ask(session, reviewer, changed.id, "insurer", "適用区分を確かめたい", on - timedelta(days=9))
    answer(session, reviewer, asked.id, "適用区分ウ", on - timedelta(days=1), "ウ")
