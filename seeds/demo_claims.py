"""試用の償還払: a claim in every state up to the payment, and one that may be paid twice already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from models.benefit import Benefit
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures.accumulation import count_again
from procedures.claim_letters import print_claim_letter
from procedures.reimbursement import HOLD, PAY, REFUSE, Draft, calculate, draft, send_back, sign_off, withdraw
from procedures.reimbursement_office import exclude
from seeds.demo_cases import Office
from seeds.residents import FACILITIES

# 口座: banks that exist, accounts that do not; the last one of Japan Post Bank as a passbook writes it.
ACCOUNTS: Final[tuple[Mapping[str, str], ...]] = (
    {"bank": "0001", "bank_branch": "001", "account_kind": "1", "account_number": "1234567"},
    {"bank": "0005", "bank_branch": "001", "account_kind": "1", "account_number": "7654321"},
    {"bank": "9900", "postal_symbol": "10180", "postal_number": "12345671"})
PHARMACY: Final = "5"  # 入外別区分
PAPERS: Final = ("10", "17", "19")  # 領収書、特定医療費証明書、通帳の写し


@dataclass(frozen=True)
class Story:
    """一件の筋書: how long ago it came, why it is claimed, its bills as (total, paid), and where it stands now."""

    goal: str
    days_ago: int
    reason: str
    bills: tuple[tuple[int, int], ...]
    high_cost: str = "0"
    other_holder: str = ""


STORIES: Final = (
    Story("registered", 2, "1", ((64_000, 19_200),)), Story("registered", 41, "4", ((31_000, 9_300), (12_000, 3_600))),
    Story("calculated", 9, "1", ((120_000, 36_000), (24_000, 7_200))), Story("back", 16, "2", ((28_000, 8_400),)),
    Story("drafted", 12, "1", ((88_000, 26_400),)), Story("drafted", 8, "5", ((45_000, 13_500),)),
    Story("held", 35, "1", ((600_000, 180_000),), "2"), Story("granted", 28, "1", ((100_000, 30_000), (40_000, 12_000))),
    Story("granted", 25, "3", ((52_000, 15_600),)), Story("granted", 21, "1", ((230_000, 69_000),)),
    Story("granted", 20, "1", ((76_000, 22_800),)),
    Story("refused", 30, "9", ((20_000, 6_000),)), Story("withdrawn", 14, "1", ((18_000, 5_400),)),
    Story("twice", 6, "1", ((90_000, 27_000),)), Story("proxy", 5, "1", ((70_000, 21_000),), other_holder="ミホン ハナコ"))


def load_claims(session: Session, settings: Settings, on: date, stories: Sequence[Story] = STORIES) -> None:
    """Make one claim a story, each of another certified person."""
    people = session.scalars(select(Recipient).where(
        Recipient.state == "certified", Recipient.valid_from < on - timedelta(days=75), Recipient.valid_to > on,
        Recipient.is_withheld.is_(False), Recipient.tier != "A").order_by(Recipient.id.desc()).limit(len(stories)))
    for place, (story, person) in enumerate(zip(stories, people, strict=True)):
        office = Office(session, settings, on - timedelta(days=story.days_ago))
        sheet = office.paper("reimbursement", _answers(story, person, ACCOUNTS[place % len(ACCOUNTS)], office.on), PAPERS)
        claim = session.scalars(select(ReimbursementClaim).where(ReimbursementClaim.sheet_id == sheet.id)).one()
        if story.goal == "twice":
            _same_receipt(session, claim)
        _goes(office, claim, story.goal)


def _answers(story: Story, person: Recipient, account: Mapping[str, str], on: date) -> dict[str, str]:
    """請求書 and its 証明書 as this person hands them in."""
    day = on - timedelta(days=30)
    told = {**account, "application_date": f"{on:%Y%m%d}", "written_recipient_number": str(person.recipient_number),
            "claim_reason": story.reason, "claimed_yen": str(sum(paid for _, paid in story.bills)),
            "account_holder": "見本 花子" if story.other_holder else person.name,
            "account_holder_kana": story.other_holder or str(person.name_kana)}
    answers = {f"reimbursement_claim.{name}": text for name, text in told.items()}
    for line, (total, paid) in enumerate(story.bills):
        bill = {"treated_on": f"{day:%Y%m%d}", "setting": PHARMACY if line else "2", "facility_number": FACILITIES[line],
                "total_yen": str(total), "insured_share": "3", "paid_yen": str(paid)}
        answers |= {f"reimbursement_bill.{line}.{name}": text for name, text in bill.items()}
    return answers | {"reimbursement_month.0.treatment_month": f"{day:%Y-%m}", "reimbursement_month.0.high_cost": story.high_cost}


def _same_receipt(session: Session, claim: ReimbursementClaim) -> None:
    """The institution claimed the same care from the payers, as if the certificate had been shown."""
    bill = claim.bills[0]
    month = f"{bill.treated_on:%Y-%m}"
    session.add(Benefit(recipient_id=claim.recipient_id, billing_month=month, treatment_month=month, setting=bill.setting,
                        total_yen=bill.total_yen, copay_yen=2_500, facility_number=bill.facility_number))
    session.flush()
    count_again(session, pl.DataFrame({"recipient_id": [claim.recipient_id], "treatment_month": [month]}))


def _goes(office: Office, claim: ReimbursementClaim, goal: str) -> None:
    """The claim step by step as far as *goal*."""
    session, on, number = office.session, office.on, claim.id
    reviewer, manager = office.actors["reviewer1"], office.actors["manager1"]
    if goal == "registered":
        return
    if goal == "withdrawn":
        withdraw(session, reviewer, number, "医療機関で払い戻しを受けたとの申し出")
        return
    if goal == "refused":
        exclude(session, reviewer, number, claim.bills[0].id, "14", "証明書の病名が認定された疾病と違う")
    counted = calculate(session, reviewer, number, on + timedelta(days=1))
    if goal in ("calculated", "twice", "proxy"):
        return
    result = {"held": HOLD, "refused": REFUSE}.get(goal, PAY)
    assert counted.decision == result, (goal, counted.content)
    remark = "保険者の支給決定通知書 (2か月後の見込み)" if result == HOLD else ""
    draft(session, reviewer, number, Draft(result, "17" if result == HOLD else "", remark), on + timedelta(days=1))
    if goal == "back":
        send_back(session, manager, number, "3割の領収か証明書を確かめてください")
    elif goal != "drafted":
        sign_off(session, manager, number, on + timedelta(days=2))
        print_claim_letter(session, manager, number, office.city, on + timedelta(days=2), office.now)
