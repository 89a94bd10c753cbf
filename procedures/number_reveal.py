"""個人番号の確認: one number at a time, for a stated reason, written into the journal before it is opened."""

from sqlalchemy.orm import Session

from models.journal import Action
from models.number_report import IndividualNumber, NumberLine
from models.recipient import Recipient
from procedures import journal
from procedures.actor import Actor
from procedures.refusal import Refused
from procedures.two_person import may_see_numbers
from procedures.vault import Vault, numbers_of

SHORTEST_REASON = 4


class NoReason(Refused):
    """Nobody looks at a number without saying why."""

    message = "見る理由を入力してください。理由は操作記録に残ります。"


class NotAgreedByTwo(Refused):
    """The right of the role alone shows no number."""

    message = "個人番号を見るには、管理者二人の承認が要ります。権限の管理者に相談してください。"


class NoSuchNumber(Refused):
    """The number was ended or never was this person's."""

    message = "この番号はいま登録されていません。画面を開き直してください。"


def holders(session: Session, actor: Actor, recipient: Recipient) -> list[tuple[NumberLine, IndividualNumber]]:
    """番号の持ち主: who of this recipient's people has a number in force; the look is journalled."""
    journal.record(session, actor, Action.SAW, recipient, recipient_id=recipient.id, detail={"screen": "numbers"})
    return numbers_of(session, recipient.id)


def reveal(session: Session, actor: Actor, recipient: Recipient, number_id: int, reason: str, vault: Vault) -> str:
    """番号を見る: the twelve digits; NotAgreedByTwo, NoReason, NoSuchNumber. The caller commits before a digit leaves."""
    if not may_see_numbers(session, actor.user_id):
        raise NotAgreedByTwo
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReason
    number = next((each for _, each in numbers_of(session, recipient.id) if each.id == number_id), None)
    if number is None:
        raise NoSuchNumber
    journal.record(session, actor, Action.SAW, number, recipient_id=recipient.id, reason=reason.strip(),
                   detail={"individual_number": True})
    return vault.reveal(number)
