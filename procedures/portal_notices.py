"""更新のお知らせ: people of a season are told on their own portal page too; asked after until opened, taken back before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from exchange import numberlink_calls as calls
from exchange.soap import SoapFault
from models.journal import Action
from models.neighbour import OutgoingMessage, PortalNotice
from models.renewal import RenewalNotice, RenewalSeason
from procedures import journal, outbox
from procedures.actor import SYSTEM, Actor
from procedures.integrated_numbers import demand, known_as
from procedures.refusal import Refused
from procedures.renewal import FOLLOWED, STEP
from procedures.vault import Vault
from procedures.wire import Answer, Errand, NoLongerNeeded
from reports.portal_notice import TITLE, renewal_text

STATES: Final = {"waiting": "送信待ち", "sent": "送信済み", "opened": "開封", "cancelled": "取消し", "failed": "送れなかった"}
UNOPENED: Final = ("waiting", "sent")
SOONEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=12)


class NobodyToTell(Refused):
    """Everybody of the season whom the portal reaches was told, applied, or is protected."""

    message = "お知らせを送る人がいません。住民情報と結び付いていない人、支援措置のある人、申請した人には送りません。"


class AllOpened(Refused):
    """What somebody has opened cannot be taken back."""

    message = "取り消せるお知らせはありません。開封されたお知らせは取り消せません。"


def tell_season(session: Session, actor: Actor, season_id: int, on: date) -> int:
    """更新のお知らせを送る: once to everybody of the season who is linked to the register and has not applied; return how many.

    Nobody under 支援措置 is told this way: another may read her portal page. NobodyToTell.
    """
    season = session.get_one(RenewalSeason, season_id, with_for_update=True)
    due = session.execute(text(f"""
        SELECT id, recipient_id, file_number FROM (SELECT n.id, n.recipient_id, r.file_number, r.is_withheld, {STEP} AS step {FOLLOWED}) each
        WHERE step IN ('waiting', 'sent') AND file_number IS NOT NULL AND NOT is_withheld
          AND NOT EXISTS (SELECT FROM portal_notice p WHERE p.renewal_notice_id = each.id) ORDER BY id"""),
        {"season": season_id, "on": on}).all()
    if not due:
        raise NobodyToTell
    for row in due:
        notice = PortalNotice(renewal_notice_id=row.id, recipient_id=row.recipient_id, file_number=row.file_number, title=TITLE,
                              body=renewal_text(season.ends_on, season.opens_on, season.closes_on),
                              sent_by=actor.user_id, sent_on=on)
        session.add(notice)
        session.flush()
        known_as(session, row.file_number, row.recipient_id)
        outbox.send(session, "OshiraseSofu", notice, row.recipient_id, staff=outbox.staff_id(session, actor))
    journal.record(session, actor, Action.EXPORTED, season,
                   detail={"portal_notices": len(due), "recipients": [row.recipient_id for row in due]})
    return len(due)


def take_back_season(session: Session, actor: Actor, season_id: int) -> int:
    """開封前のお知らせを取り消す: of the season; return how many are asked back. The network alone knows whether it is in time. AllOpened."""
    notices = session.scalars(select(PortalNotice).join(RenewalNotice, RenewalNotice.id == PortalNotice.renewal_notice_id).where(
        RenewalNotice.season_id == season_id, PortalNotice.state.in_(UNOPENED), ~PortalNotice.is_taken_back)
        .with_for_update(of=PortalNotice)).all()
    if not notices:
        raise AllOpened
    for notice in notices:
        notice.is_taken_back = True
        if notice.reference is None:
            notice.state = "cancelled"  # it never left
        else:
            outbox.send(session, "OshiraseTorikeshi", notice, notice.recipient_id, staff=outbox.staff_id(session, actor))
    session.flush()
    journal.record(session, actor, Action.CHANGED, session.get_one(RenewalSeason, season_id),
                   detail={"portal_notices_taken_back": len(notices), "recipients": [each.recipient_id for each in notices]})
    return len(notices)


def counts(session: Session, season_id: int) -> dict[str, int]:
    """How many お知らせ of a season stand at each state, in their order."""
    rows = dict(session.execute(select(PortalNotice.state, func.count()).join(
        RenewalNotice, RenewalNotice.id == PortalNotice.renewal_notice_id).where(RenewalNotice.season_id == season_id)
        .group_by(PortalNotice.state)).tuples().all())
    return {state: rows[state] for state in STATES if state in rows}


def _say(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    notice = session.get_one(PortalNotice, row.subject_id, with_for_update=True)
    if notice.state != "waiting":
        raise NoLongerNeeded
    number = demand(session, notice.file_number, now)
    journal.record(session, SYSTEM, Action.EXPORTED, notice, detail={"message": row.operation})
    return calls.notice(number, notice.title, notice.body)


def _said(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    notice = session.get_one(PortalNotice, row.subject_id, with_for_update=True)
    notice.reference, notice.state = calls.reference_in(answer), "sent"
    session.flush()
    outbox.send(session, "OshiraseJokyo", notice, notice.recipient_id, now + SOONEST)


def _by_reference(session: Session, row: OutgoingMessage, vault: Vault, now: datetime) -> Mapping[str, Any]:
    return calls.by_reference(str(session.get_one(PortalNotice, row.subject_id).reference))


def _looked(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    """Asked again after twice the time, until it is opened or over, or the certification it speaks of has ended."""
    notice = session.get_one(PortalNotice, row.subject_id, with_for_update=True)
    state = calls.notice_state_in(answer)
    if state != "sent":
        notice.state, notice.opened_at = state, calls.opened_in(answer)
        session.flush()
        journal.record(session, SYSTEM, Action.IMPORTED, notice, detail={"state": state})
    elif now.date() <= _ends_on(session, notice):
        outbox.send(session, "OshiraseJokyo", notice, notice.recipient_id,
                    now + min(SOONEST * 2 ** min(row.tries + 1, 12), LONGEST), tries=row.tries + 1)


def _asked_back(session: Session, row: OutgoingMessage, answer: Answer, now: datetime) -> None:
    """Whether it was in time is told by the next look."""
    notice = session.get_one(PortalNotice, row.subject_id)
    outbox.send(session, "OshiraseJokyo", notice, notice.recipient_id, now + SOONEST)


def _failed(session: Session, row: OutgoingMessage, fault: SoapFault) -> None:
    notice = session.get_one(PortalNotice, row.subject_id, with_for_update=True)
    if row.operation == "OshiraseSofu" and notice.state == "waiting":
        notice.state = "failed"
    notice.is_taken_back = False
    session.flush()


def _ends_on(session: Session, notice: PortalNotice) -> date:
    return session.scalars(select(RenewalSeason.ends_on).join(RenewalNotice).where(
        RenewalNotice.id == notice.renewal_notice_id)).one()


ERRANDS: Final = {"OshiraseSofu": Errand(_say, _said, _failed), "OshiraseJokyo": Errand(_by_reference, _looked, _failed),
                  "OshiraseTorikeshi": Errand(_by_reference, _asked_back, _failed)}
