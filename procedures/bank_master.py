"""金融機関の表: the bank and branch behind two numbers on a day, with the names a transfer carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from exchange.bank_kana import NotWritable, bank_kana, cut
from models.codes import Bank, BankBranch
from procedures.lookup import in_force
from translations.wording import said

LONGEST_KANA = 15  # 被仕向銀行名・支店名: the number decides, the name only helps the reader


@dataclass(frozen=True)
class Place:
    """店: names of bank and branch on the day, the kana in a bank's letters; *fault* where the table's kana have none."""

    bank_name: str
    bank_kana: str
    branch_name: str
    branch_kana: str
    fault: str = ""


def bank_on(session: Session, bank: str, branch: str, on: date) -> Place | None:
    """その日の店, None where the table has no such bank or branch on that day."""
    return banks_on(session, [(bank, branch)], on).get((bank, branch))


def banks_on(session: Session, wanted: Iterable[tuple[str, str]], on: date) -> dict[tuple[str, str], Place]:
    """その日の店 for many accounts in one statement; what the table does not have on that day is left out."""
    query = (select(BankBranch.bank_number, BankBranch.number, Bank.name, Bank.name_kana, BankBranch.name, BankBranch.name_kana)
             .join(Bank, Bank.number == BankBranch.bank_number)
             .where(tuple_(BankBranch.bank_number, BankBranch.number).in_(set(wanted)))
             .order_by(BankBranch.id.desc()))  # several names of one branch number: the first of the table counts
    rows = session.execute(in_force(in_force(query, BankBranch, on), Bank, on))
    return {(bank, branch): _place(bank_name, kana, name, name_kana)
            for bank, branch, bank_name, kana, name, name_kana in rows}


def _place(bank_name: str, kana: str, name: str, name_kana: str) -> Place:
    try:
        return Place(bank_name, cut(bank_kana(kana), LONGEST_KANA), name, cut(bank_kana(name_kana), LONGEST_KANA))
    except NotWritable as wrong:
        return Place(bank_name, "", name, "", said("金融機関の表のカナ: %(why)s", why=wrong.message))
