"""門: a trial is for this machine and for a database made for it; production is for whoever may log in."""

from dataclasses import replace

import pytest

from app.building import create_app
from app.database import refuse_a_trial_on_real_data
from models.installation import Installation
from tests.conftest import close


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("127.8.9.1", 200), ("::1", 200), ("10.1.2.3", 403),
                                                 ("192.0.2.7", 403), ("2001:db8::1", 403)])
def test_a_trial_answers_this_machine_only(client, address, status):
    assert client.get("/login/", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_production_answers_the_office(settings):
    app = create_app(replace(settings, demo=False))
    assert app.test_client().get("/login/", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    close(app)


def test_a_trial_never_opens_a_database_that_was_not_made_for_one(session, settings, capsys):
    refuse_a_trial_on_real_data(session, settings)
    session.get_one(Installation, 1).is_demo = False
    with pytest.raises(SystemExit) as refused:
        refuse_a_trial_on_real_data(session, settings)
    assert refused.value.code == 3 and "試用モード" in capsys.readouterr().err
    refuse_a_trial_on_real_data(session, replace(settings, demo=False))
