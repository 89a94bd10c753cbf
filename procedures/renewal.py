"""更新時期: everybody whose certification ends on one day is chosen once, written to, followed, and reminded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.job import Job
from models.journal import Action
from models.recipient import Recipient
from models.renewal import RenewalNotice, RenewalSeason
from procedures import journal
from procedures.actor import Actor
from procedures.jobs import ask_for
from procedures.refusal import Refused
from rules.parameters import figures
from rules.validity import months_before

KIND: Final = "print_renewals"
# 受付: what became of each notice, in the order a paper goes; derived, never typed.
STEPS: Final = {"waiting": "未印刷", "sent": "発送済み", "received": "申請受付", "in_review": "審査中", "issued": "交付済み",
                "ended": "不認定・取下げ・喪失", "overdue": "期限切れ"}
STEP: Final = """
CASE WHEN a.state IN ('issued') THEN 'issued' WHEN a.state IN ('refused', 'withdrawn', 'closed') THEN 'ended'
     WHEN a.state IN ('assessed', 'board', 'reviewed', 'drafted', 'held', 'certified') THEN 'in_review'
     WHEN a.state IS NOT NULL OR s.id IS NOT NULL THEN 'received'
     WHEN r.state = 'lost' THEN 'ended' WHEN season.ends_on < :on THEN 'overdue'
     WHEN n.printed_at IS NULL THEN 'waiting' ELSE 'sent' END"""
FOLLOWED: Final = """
FROM renewal_notice n JOIN renewal_season season ON season.id = n.season_id JOIN recipient r ON r.id = n.recipient_id
LEFT JOIN LATERAL (SELECT a.id, a.state, a.acceptance_number FROM application a WHERE a.recipient_id = n.recipient_id AND a.application_kind = '2'
   AND a.acceptance_date >= season.opens_on - 60 ORDER BY a.id DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT s.id FROM received_sheet s JOIN sheet_version v ON v.id = s.version_id JOIN sheet_kind k ON k.id = v.kind_id
   WHERE a.id IS NULL AND s.recipient_id = n.recipient_id AND k.name = 'renewal' AND s.state NOT IN ('withdrawn', 'registered')
   AND s.received_date >= season.opens_on - 60 LIMIT 1) s ON true
WHERE n.season_id = :season"""


class SeasonExists(Refused):
    """One season for each end of validity."""

    message = "その有効期間終了日の更新時期は、もう始まっています。"


class NobodyDue(Refused):
    """Nothing ends on that day."""

    message = "その日に有効期間が終わる受給者はいません。日付を確かめてください。"


class NothingToPrint(Refused):
    """Everybody of this range was printed, or there is nobody."""

    message = "印刷する人がいません。範囲を確かめてください。"


@dataclass(frozen=True)
class Followed:
    """更新の一人: the notice, the person, how far it is."""

    notice_id: int
    position: int
    recipient_id: int
    name: str
    recipient_number: str | None
    step: str
    printed_at: datetime | None
    reminded_on: date | None
    came_back_on: date | None


def open_season(session: Session, actor: Actor, ends_on: date, opens_on: date, closes_on: date) -> RenewalSeason:
    """更新時期を始める: everybody certified until *ends_on* has a place, in the order of addresses. SeasonExists, NobodyDue."""
    if not opens_on <= closes_on <= ends_on:
        raise Refused("受付開始日、受付終了日、有効期間終了日の順になっていません。日付を確かめてください。")
    if session.scalar(select(RenewalSeason.id).where(RenewalSeason.ends_on == ends_on)):
        raise SeasonExists
    season = RenewalSeason(ends_on=ends_on, opens_on=opens_on, closes_on=closes_on)
    session.add(season)
    session.flush()
    if not _choose(session, actor, season):
        raise NobodyDue
    return season


def add_newly_due(session: Session, actor: Actor, season_id: int) -> int:
    """新しく対象になった人を加える: who was certified until that day since has the next envelopes; how many. NobodyDue."""
    season = session.get_one(RenewalSeason, season_id, with_for_update=True)
    added = _choose(session, actor, season)
    if not added:
        raise NobodyDue("新しく対象になった人はいません。")
    return added


def _choose(session: Session, actor: Actor, season: RenewalSeason) -> int:
    """Everybody certified until the season's day who has no envelope yet, in the order of addresses behind the last."""
    chosen = session.execute(text("""
        INSERT INTO renewal_notice (season_id, recipient_id, certification_id, position)
        SELECT :season, id, current_certification_id, row_number() OVER (ORDER BY postal_code, address, recipient_number)
               + (SELECT coalesce(max(position), 0) FROM renewal_notice WHERE season_id = :season)
        FROM recipient r WHERE valid_to = :ends AND state = 'certified' AND current_certification_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM renewal_notice n WHERE n.season_id = :season AND n.recipient_id = r.id)
        RETURNING recipient_id"""), {"season": season.id, "ends": season.ends_on}).scalars().all()
    if chosen:
        journal.record(session, actor, Action.LISTED, season, detail={"season": str(season.ends_on), "recipients": list(chosen)})
    session.flush()
    return len(chosen)


@dataclass(frozen=True)
class Due:
    """次に終わる有効期間: how many end on a day for which no season was begun, and the days the city's lead suggests."""

    ends_on: date
    people: int
    opens_on: date
    closes_on: date


def upcoming(session: Session, on: date, most: int = 12) -> list[Due]:
    """まだ更新時期のない有効期間終了日, the next ones."""
    lead = figures("office_days", on)["renewal_lead_months"]
    rows = session.execute(select(Recipient.valid_to, func.count()).where(
        Recipient.state == "certified", Recipient.valid_to >= on,
        Recipient.valid_to.not_in(select(RenewalSeason.ends_on))).group_by(Recipient.valid_to).order_by(
        Recipient.valid_to).limit(most)).tuples()
    return [Due(day, count, months_before(day, lead), months_before(day, 1)) for day, count in rows if day is not None]


def seasons(session: Session, on: date) -> list[tuple[RenewalSeason, dict[str, int]]]:
    """更新時期の一覧, the newest first, each with how many stand at each step."""
    found = session.scalars(select(RenewalSeason).order_by(RenewalSeason.ends_on.desc())).all()
    return [(season, counts(session, season.id, on)) for season in found]


def counts(session: Session, season_id: int, on: date) -> dict[str, int]:
    """How many of a season stand at each step, in the order of the steps."""
    rows = dict(session.execute(text(f"SELECT {STEP} AS step, count(*) {FOLLOWED} GROUP BY 1"),
                                {"season": season_id, "on": on}).tuples().all())
    return {step: rows[step] for step in STEPS if step in rows}


def followed(session: Session, actor: Actor, season_id: int, on: date, step: str = "", after: int = 0,
             most: int = 100) -> list[Followed]:
    """更新の一人一人, in the order of the envelopes; whom the page showed is journalled."""
    rows = session.execute(text(f"""
        SELECT * FROM (SELECT n.id, n.position, r.id AS recipient_id, r.name, r.recipient_number, {STEP} AS step, n.printed_at,
                              n.reminded_on, n.came_back_on {FOLLOWED} AND n.position > :after) each
        WHERE :step = '' OR step = :step ORDER BY position LIMIT :most"""),
        {"season": season_id, "on": on, "after": after, "step": step, "most": most}).all()
    journal.record(session, actor, Action.LISTED, detail={
        "season": season_id, "rows": len(rows), "recipients": [row.recipient_id for row in rows]})
    return [Followed(*row) for row in rows]


def ask_to_print(session: Session, actor: Actor, season_id: int, kind: str, first: int, last: int, on: date) -> Job:
    """更新案内・勧奨の印刷を頼む: a range of envelopes, or for a reminder those of it who have not applied. NothingToPrint."""
    steps = ("sent", "overdue") if kind == "reminder" else ("waiting", "sent", "overdue")
    places = session.execute(text(
        f"SELECT position FROM (SELECT n.position, {STEP} AS step, r.is_withheld {FOLLOWED}"
        " AND n.position BETWEEN :first AND :last) each"
        " WHERE step = ANY(:steps) AND (:sees OR NOT is_withheld) ORDER BY position"),
        {"season": season_id, "on": on, "first": first, "last": last, "steps": list(steps),
         "sees": actor.sees_withheld}).scalars().all()
    if kind not in ("renewal", "reminder") or not places:
        raise NothingToPrint
    return ask_for(session, actor, KIND, {"season": season_id, "kind": kind, "places": list(places)})


def came_back(session: Session, actor: Actor, notice_id: int, on: date) -> None:
    """返戻: the letter did not reach the person; the list shows it."""
    notice = session.get_one(RenewalNotice, notice_id, with_for_update=True)
    notice.came_back_on = on
    journal.record(session, actor, Action.CHANGED, notice, recipient_id=notice.recipient_id, detail={"came_back": True})
    session.flush()


def season_of_token(session: Session, token: str) -> Recipient | None:
    """二次元コードの人: whose renewal sheet this is; None for a code that is none of ours."""
    if len(token) != 10 or token[0] != "R" or not token[1:].isdigit():
        return None
    return session.scalars(select(Recipient).join(RenewalNotice, RenewalNotice.recipient_id == Recipient.id).where(
        RenewalNotice.id == int(token[1:]))).first()


def tell_expired(session: Session, actor: Actor, on: date) -> int:
    """満了の知らせ: who ran out without a renewal is work for a person, told once a certification."""
    told = session.execute(text("""
        WITH told AS (
          INSERT INTO work_item (recipient_id, kind, cause, due_on)
          SELECT id, 'expired', 'certification:' || current_certification_id, :due FROM recipient
          WHERE state = 'certified' AND valid_to < :on ON CONFLICT DO NOTHING RETURNING recipient_id)
        SELECT recipient_id FROM told"""), {"on": on, "due": on + timedelta(days=figures("office_days", on)["work"])}).scalars().all()
    journal.record(session, actor, Action.CHANGED, detail={"expired": len(told), "recipients": list(told)})
    return len(told)


def total(session: Session, season_id: int) -> int:
    """How many people a season has."""
    return int(session.scalar(select(func.count()).where(RenewalNotice.season_id == season_id)) or 0)
