"""試用の利用者: the accounts of a demo installation; production makes its first one with ``create-admin``."""

from typing import Final

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from procedures.actor import Actor, full_name
from procedures.two_person import SEE_NUMBERS, ask, decide, may_see_numbers

DEMO_PASSWORD: Final = "demo-Nanbyo-1"
DEMO_USERS: Final = (
    ("clerk1", "入力", "一郎", "entry"), ("clerk2", "入力", "二葉", "entry"), ("clerk3", "入力", "三郎", "entry"),
    ("contract1", "受託", "葉子", "contract_entry"), ("reviewer1", "審査", "史子", "review"), ("manager1", "管理", "学", "manager"),
    ("numbers1", "番号", "守", "numbers"), ("admin1", "権限", "理恵", "admin"), ("auditor1", "監査", "聡", "audit"),
)
DEMO_SOURCE: Final = "demo-office"  # the former system that the people of a demo city came from


def has_demo_city(session: Session) -> bool:
    """Whether the demo city is there already; asked before what makes one is read."""
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM application WHERE conversion = :source)"), {"source": DEMO_SOURCE}))


def load_demo_users(session: Session) -> None:
    """Make the demo accounts; those that exist are left alone."""
    hashed = generate_password_hash(DEMO_PASSWORD)
    for username, family, given, role in DEMO_USERS:
        if session.scalar(select(User).where(User.username == username)) is None:
            add_user(session, username, family, given, hashed, (role,))
    _let_numbers_be_seen(session)


def _let_numbers_be_seen(session: Session) -> None:
    """A trial has one administrator; her manager is the second person who lets numbers1 see numbers."""
    people = {user.username: user for user in session.scalars(select(User).where(User.username.in_(
        ("admin1", "manager1", "numbers1"))))}
    if len(people) < 3 or may_see_numbers(session, people["numbers1"].id):
        return
    admin, manager = (Actor(people[name].id, full_name(people[name])) for name in ("admin1", "manager1"))
    asked = ask(session, admin, SEE_NUMBERS, {}, "試用の準備", for_user=people["numbers1"].id)
    decide(session, manager, asked.id, is_confirmed=True, now=asked.created_at)


def add_user(session: Session, username: str, family: str, given: str, hashed: str, roles: tuple[str, ...]) -> User:
    """Add one account; FAB demands an address, so an account without one gets a name under ``.invalid``."""
    user = User(username=username, last_name=family, first_name=given, email=f"{username}@nanbyo.invalid",
                password=hashed, active=True)
    user.roles = list(session.scalars(select(Role).where(Role.name.in_(roles))))
    session.add(user)
    session.flush()
    return user
