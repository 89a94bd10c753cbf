"""脆弱性の一覧: a pinned component that an advisory names is found, whatever its spelling; a list that says nothing is no answer."""

import json
from zipfile import ZipFile

import pytest

from config import ROOT
from exchange.advisories import NoAdvisories, Weakness, pins_of, weaknesses


def advisory(number, name, versions, **more):
    return {"id": number, "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "versions": versions}],
            "database_specific": {"severity": "HIGH"}, **more}


@pytest.fixture
def listed(tmp_path):
    def make(*records):
        with ZipFile(tmp_path / "all.zip", "w") as whole:
            for record in records:
                whole.writestr(f"{record['id']}.json", json.dumps(record))
        return tmp_path / "all.zip"
    return make


def test_only_the_very_version_that_is_pinned_is_named(listed):
    pins = pins_of("flask-appbuilder==5.3.0 \\\n    --hash=sha256:00\nSQLAlchemy==2.0.44 \\\n# via x\n")
    assert pins == {"flask-appbuilder": "5.3.0", "sqlalchemy": "2.0.44"}
    file = listed(advisory("A-1", "Flask_AppBuilder", ["5.2.0", "5.3.0"]), advisory("A-2", "sqlalchemy", ["1.0"]),
                  advisory("A-3", "sqlalchemy", ["2.0.44"], withdrawn="2026-01-01T00:00:00Z"))
    assert weaknesses(file, pins) == [Weakness("flask-appbuilder", "5.3.0", "A-1", "HIGH")]


def test_a_list_that_says_nothing_of_our_components_is_no_answer(listed, tmp_path):
    (tmp_path / "all.txt").write_text("[]")
    for file in (listed({"id": "X-1", "affected": [{"package": {"ecosystem": "Go", "name": "x"}}]}), tmp_path / "all.txt", tmp_path / "none.zip"):
        with pytest.raises(NoAdvisories):
            weaknesses(file, {})


def test_the_lock_of_this_house_is_read_whole():
    lock = (ROOT / "requirements.lock").read_text()
    assert len(pins_of(lock)) == sum(line[:1].isalnum() for line in lock.splitlines()) > 50
