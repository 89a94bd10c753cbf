"""作業の列: one key answers what to do next, and nobody is offered a sheet that she keyed."""

from sqlalchemy.orm import Session

from tests.office import keyed, received


def test_the_next_sheet_is_never_one_that_the_clerk_keyed(login, engine, actors):
    with Session(engine) as session:
        sheet = received(session, actors)
        keyed(session, actors["clerk3"], sheet)
        session.commit()
        number = sheet.acceptance_number
    assert number not in login("clerk3").get("/queue/").text
    assert number in login("clerk1").get("/queue/").text
    assert login("clerk1").post("/queue/next").headers["Location"].startswith(("/keying/", "/settlement/"))
