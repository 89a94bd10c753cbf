"""番号の鍵: outside the database, wrapped by the key file; a new key seals everything anew and nothing is lost on the way."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from systems.numberlink import addressees
from systems.numberlink.keys import Keys, KeysWrong, Places, make_keys
from systems.numberlink.tables import SealedNumber
from systems.numberlink.vault import Vault
from tests.systems.numberlink.conftest import caller
from tests.systems.numberlink.people import individual_number, resident


def test_a_trial_makes_its_key_once_and_for_its_owner_only(settings, tmp_path):
    trial = replace(settings, data_dir=tmp_path)
    first, again = make_keys(trial), make_keys(trial)
    assert first.index == again.index
    for path in (Places.of(trial).master, Places.of(trial).wrapped):
        assert path.stat().st_mode & 0o077 == 0
    assert first.index.hex() not in Places.of(trial).wrapped.read_text()


def test_a_city_without_its_key_file_does_not_start(settings, tmp_path):
    with pytest.raises(KeysWrong, match="鍵のファイルがありません"):
        make_keys(replace(settings, data_dir=tmp_path, is_demo=False))
    assert list(tmp_path.glob("number*")) == []


def test_a_trial_never_makes_a_second_key_over_wrapped_ones(settings, tmp_path):
    trial = replace(settings, data_dir=tmp_path)
    make_keys(trial)
    Places.of(trial).master.unlink()
    with pytest.raises(KeysWrong):
        make_keys(trial)


def test_a_foreign_key_file_opens_nothing(settings, tmp_path):
    trial = replace(settings, data_dir=tmp_path)
    make_keys(trial)
    Places.of(trial).master.write_bytes(b"x" * 32)
    with pytest.raises(KeysWrong, match="組が合いません"):
        Keys(Places.of(trial))


def test_a_new_key_seals_everything_anew_while_another_process_reads_on(engine, settings, numbering):
    ours, theirs = Vault(make_keys(settings)), Vault(make_keys(settings))
    with Session(engine) as session:
        addressees.register(session, caller("feed"), {"宛名": [resident(place) for place in range(50, 55)]})
        for place in range(50, 55):
            numbering.assign(session, caller(), {"整理番号": resident(place)["整理番号"], "個人番号": individual_number(place),
                                                 "本人確認": "カード"})
        session.commit()
        version = ours.new_key()
        steps = []
        while done := ours.seal_anew(session, 2):
            session.commit()
            steps.append(done)
            assert {theirs.open(row) for row in session.scalars(select(SealedNumber))} == {
                individual_number(place) for place in range(50, 55)}
        assert steps == [2, 2, 1]
        assert set(session.scalars(select(SealedNumber.key_version))) == {version}
        assert theirs.holder(session, individual_number(51)) is not None
