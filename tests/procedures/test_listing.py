"""一覧: every page costs one statement, nobody is skipped or shown twice, and the count says what it knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from models.application import Application
from models.recipient import Recipient
from models.reimbursement import ReimbursementClaim
from procedures.keyset import PAGE_SIZE, Position
from procedures.listing import COUNT_CAP, Listing, Page, Question, listing, page
from tests.city import settle

RECIPIENTS = listing("recipients", "受給者一覧", Recipient, orders=(
    Recipient.kana_key, Recipient.valid_to, Recipient.birth_date, Recipient.id), descending=False)
SHOWN = tuple(column for column in RECIPIENTS.columns if column.listed)


def asked(order: str | None = None, position: Position | None = None, **terms: dict) -> Question:
    return Question({key.replace("__", "."): term for key, term in terms.items()}, RECIPIENTS.order(order),
                    position or Position(), SHOWN)


def found(session: Session, typed: str, key: str = "q") -> set[int]:
    return {row[0] for row in page(session, RECIPIENTS, asked(**{key: {"has": typed}})).rows}


def walk(session: Session, listing: Listing, order: str | None, backwards: bool = False, **terms: dict) -> list[int]:
    """All numbers in the order pages show them, from one end to the other."""
    numbers: list[int] = []
    position = Position(backwards=backwards)
    while True:
        shown: Page = page(session, listing, asked(order, position, **terms))
        here = [row[0] for row in shown.rows]
        numbers = here + numbers if backwards else numbers + here
        if not (shown.has_previous if backwards else shown.has_next):
            return numbers
        edge = shown.rows[0] if backwards else shown.rows[-1]
        position = Position(edge[0], backwards, edge[3])


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    ran: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        ran.append((statement, values))

    engine: Engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield ran
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("typed", ["ﾔﾏﾀﾞ", "やまだ", "ヤマダ", "ヤマダ タロウ", "山田", "山", "田太郎"])
def test_a_name_is_found_however_it_is_typed(session, typed):
    taro, hanako = settle(session, {"name": "山田　太郎", "kana": "ヤマダ　タロウ"},
                          {"name": "鈴木　花子", "kana": "スズキ　ハナコ"})
    key = "recipient__name"
    assert taro in found(session, typed, key)
    assert hanako not in found(session, typed, key)


@pytest.mark.parametrize("typed", ["髙橋", "高橋", "高\U000e0100橋"])
def test_variants_of_a_kanji_find_one_another(session, typed):
    same = {"kana": "タカハシ　ミノル"}
    both = settle(session, {"name": "髙橋　実", **same}, {"name": "高橋　実", **same}, noise=0)
    assert found(session, typed) == set(both)


@pytest.mark.parametrize("typed", ["S15.4.1", "昭和15年4月1日", "1940-04-01", "3150401", "Ｓ１５．４．１"])
def test_a_birth_date_is_found_in_either_calendar(session, typed):
    (old,) = settle(session, {"birth": date(1940, 4, 1)})
    assert found(session, typed) == {old}


def test_the_beginning_of_a_number_finds_it_and_a_wrong_one_does_not(session):
    (number,) = settle(session, {})
    written = session.get_one(Recipient, number).recipient_number
    assert found(session, written) == {number}
    assert number in found(session, written[:5])
    assert number not in found(session, "9" + written[1:])


def test_kana_that_share_all_pairs_with_a_name_are_not_in_it(session):
    (ai,) = settle(session, {"name": "愛　愛", "kana": "アイア　イ"}, noise=0)
    assert found(session, "アイア") == {ai}
    assert found(session, "アイアイア") == set()


@pytest.mark.parametrize("order", [None, "valid_to", "birth_date", "id"])
@pytest.mark.parametrize("backwards", [False, True])
def test_paging_from_end_to_end_shows_everybody_once_and_in_order(session, order, backwards):
    settle(session, noise=180)
    numbers = walk(session, RECIPIENTS, order, backwards)
    key = {None: "kana_key, id", "valid_to": "valid_to NULLS LAST, id", "birth_date": "birth_date, id", "id": "id"}
    expected = list(session.scalars(text(f"SELECT id FROM recipient ORDER BY {key[order]}")))
    assert numbers == expected


def test_the_address_of_a_page_holds_a_row_number_and_still_finds_its_place(session):
    settle(session)
    first = page(session, RECIPIENTS, asked())
    second = page(session, RECIPIENTS, asked(position=Position(first.rows[-1][0])))
    back = page(session, RECIPIENTS, asked(position=Position(second.rows[0][0], backwards=True)))
    assert [row[0] for row in back.rows] == [row[0] for row in first.rows]
    assert (first.has_previous, first.has_next, second.has_previous) == (False, True, True)


def test_a_page_and_all_its_counts_are_one_statement_however_many_rows(session):
    settle(session)
    question = Question({"recipient.state": {"in": ["certified"]}}, RECIPIENTS.order(None), columns=SHOWN,
                        tabs=({"q": {"has": "山"}}, {"recipient.tier": {"in": ["D"]}}))
    with statements(session) as ran:
        shown = page(session, RECIPIENTS, question)
    assert len(ran) == 1
    assert len(shown.rows) == PAGE_SIZE and len(shown.tabs) == 2


def test_a_count_is_exact_or_says_that_there_are_more(session):
    settle(session, noise=60)
    everybody = page(session, RECIPIENTS, asked())
    assert everybody.is_exact and everybody.counted == session.query(Recipient).count()
    assert not Page([], COUNT_CAP + 1, None, (), True, False).is_exact


def test_of_too_many_with_one_name_the_newest_come_first_and_nobody_is_lost(session):
    settle(session, *({"name": "渡邉　一", "kana": "ワタナベ　ハジメ"},) * (COUNT_CAP + 60), noise=0)
    shown = page(session, RECIPIENTS, asked(q={"has": "渡辺"}))
    assert shown.by_number and not shown.is_exact
    numbers = walk(session, RECIPIENTS, None, q={"has": "渡辺"})
    assert len(set(numbers)) == len(numbers) == COUNT_CAP + 60
    assert numbers == sorted(numbers, reverse=True)


def test_a_withheld_person_is_not_found_by_where_she_lives(session):
    (hidden,) = settle(session, {"address": "さいたま市緑区秘密1番", "is_withheld": True})
    question = asked(recipient__address={"has": "秘密"})
    assert page(session, RECIPIENTS, question).rows == []
    seeing = Question(question.terms, question.order, columns=SHOWN, sees_withheld=True)
    assert [row[0] for row in page(session, RECIPIENTS, seeing).rows] == [hidden]


def test_a_list_of_case_records_shows_whose_they_are(session):
    (taro,) = settle(session, {"name": "山田　太郎", "kana": "ヤマダ　タロウ"})
    applications = listing("applications", "申請一覧", Application)
    shown = page(session, applications, Question({"recipient.name": {"has": "山田太郎"}}, applications.order(None),
                                                 columns=applications.columns[:1]))
    assert {row[1] for row in shown.rows} >= {taro}


def test_bank_accounts_are_in_no_list():
    claims = listing("reimbursements", "償還払", ReimbursementClaim)
    assert not {"account_number", "bank", "account_holder"} & {column.attribute.key for column in claims.columns}


@pytest.mark.parametrize(("terms", "index"), [
    ({}, "ix_recipient_kana_key"), ({"recipient.name_kana": {"has": "ヤマ"}}, "ix_recipient_kana_key"),
    ({"q": {"has": "小鳥遊"}}, "ix_recipient_grams")])
def test_the_orders_and_the_name_search_are_served_by_indexes(session, terms, index):
    settle(session)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    with statements(session) as ran:
        page(session, RECIPIENTS, Question(terms, RECIPIENTS.order(None), columns=SHOWN))
    ((statement, values),) = ran
    plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", values).scalars()
    assert index in "\n".join(plan)
