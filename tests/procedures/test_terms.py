"""検索条件: a name is found in every spelling in every table, by the folding that Python and the database share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from models.addressee import Addressee
from procedures.columns import columns_of
from procedures.terms import conditions
from rules.spelling import _VARIANTS, search_key

LETTERS = "".join(map(chr, _VARIANTS)) + "ぁあがぱんゔゖァヶッーｱｶﾞﾊﾟ髙𠮷邉󠄏　 ‐－ー・.ＡｂＣ１２田子太郎"


def of_database(session, written):
    return session.scalar(text("SELECT search_key(:written)"), {"written": written})


def test_every_variant_folds_alike_in_the_database(session):
    told = {chr(code): of_database(session, chr(code)) for code in _VARIANTS}
    assert told == {letter: search_key(letter) for letter in told}


def test_the_database_folds_what_python_folds(session):
    @given(st.text(st.sampled_from(LETTERS), max_size=12))
    def alike(written):
        assert of_database(session, written) == search_key(written)
    alike()


@pytest.mark.parametrize("typed", ["髙橋", "高橋", "高\U000e0100橋", "ﾀｶﾊｼ", "たかはし", "髙　橋", "橋"])
def test_an_addressee_is_found_however_she_is_typed(session, typed):
    for number, name in enumerate(("髙橋　花子", "タカハシ ハナコ", "山田 太郎")):
        session.add(Addressee(municipality="111007", file_number=str(number), history_number=1, name=name, sex="2",
                              birth_date="1980-01-01", address="見本市", off_register="0"))
    session.flush()
    column = next(column for column in columns_of(Addressee) if column.attribute.key == "name")
    found = session.query(Addressee.name).filter(*conditions([column], {column.key: {"has": typed}}, None)).all()
    assert {name for name, in found} == ({"タカハシ ハナコ"} if search_key(typed).startswith("タカ") else {"髙橋　花子"})
