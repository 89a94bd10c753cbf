"""更新案内の印刷: everybody of a season on one form, a thousand envelopes a transaction, resumable, by range again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, text, true
from sqlalchemy.orm import Session

from models.job import Job
from models.journal import Action
from models.recipient import Recipient
from models.renewal import RenewalNotice, RenewalSeason
from procedures import journal
from procedures.actor import Actor, full_name
from procedures.city import City
from procedures.jobs import fault
from procedures.letter_facts import VALUE_NAMES
from procedures.letters import wording_in_force
from procedures.lookup import codes_of, disease_names
from procedures.renewal import NothingToPrint
from procedures.sealed_folder import SealedFolder
from procedures.series import next_number
from reports.labels import labels_pdf
from reports.letter import Address, filled, put_in
from reports.paper import GlyphMissing
from reports.press import Press, Sheaf
from reports.renewal import RenewalText, renewal_form, shared_of
from reports.stamp import Form
from rules.era_date import era_text

CHUNK: Final = 1000
MOST_LABELS: Final = 480  # twenty sheets


class RenewalJob:
    """更新案内の印刷のやり方: so many envelopes a chunk, each chunk a transaction with its journal rows; bound at the end."""

    def __init__(self, files: SealedFolder, city: City, today: date, now: Callable[[], datetime]) -> None:
        self.files, self.city, self.today, self.now = files, city, today, now
        self.form: Form | None = None

    def plan(self, session: Session, job: Job) -> int:
        """One row a person."""
        return len(job.params["places"])

    def step(self, session: Session, job: Job) -> int:
        """Print the next chunk; who cannot be printed is named by number and does not stop the others."""
        at = job.done + job.failed
        user = session.get_one(User, job.requested_by)
        actor, printed, sheaf = Actor(user.id, full_name(user), "job"), list[int](), Sheaf(self._form(session, job))
        places = job.params["places"][at:at + CHUNK]
        for ordinal, (notice_id, paper) in enumerate(papers(session, self.city, job.params["season"], places, self.today), start=at):
            try:
                sheaf.stamp(ordinal, paper.values())
            except GlyphMissing as missing:
                fault(job, notice_id, str(missing))
                continue
            printed.append(notice_id)
        self.files.write(_part(job, at), sheaf.dump())
        self._note(session, actor, job, printed)
        return len(printed)

    def finish(self, session: Session, job: Job) -> str | None:
        """All envelopes in one file; the sheaves go."""
        parts = [part for part in (_part(job, at) for at in range(0, job.total, CHUNK)) if self.files.path(part).exists()]
        form, whole = self._form(session, job), BytesIO()
        press = Press(whole, form)
        for part in parts:
            press.bind(Sheaf.load(form, self.files.read(part)))
        press.close()
        if not press.pages:
            return None
        name = f"{job.id:010}-{job.params['kind']}.pdf"
        self.files.write(name, whole.getvalue())
        for part in parts:
            self.files.remove(part)
        return name

    def _form(self, session: Session, job: Job) -> Form:
        self.form = self.form or renewal_form(self._shared(session, job))
        return self.form

    def _shared(self, session: Session, job: Job) -> dict[str, Any]:
        wording = wording_in_force(session, job.params["kind"], self.today)
        return shared_values(session, self.city, wording, job.params["season"], self.today)

    def _note(self, session: Session, actor: Actor, job: Job, printed: list[int]) -> None:
        column = "reminded_on = coalesce(reminded_on, :on)" if job.params["kind"] == "reminder" else "printed_at = :now"
        session.execute(text(f"UPDATE renewal_notice SET {column}, version = version + 1 WHERE id = ANY(:ids)"),
                        {"ids": printed, "now": self.now(), "on": self.today})
        people = session.scalars(select(RenewalNotice.recipient_id).where(RenewalNotice.id.in_(printed))).all()
        journal.record(session, actor, Action.PRINTED, detail={
            "letter": job.params["kind"], "rows": len(people), "recipients": list(people)})


def _part(job: Job, at: int) -> str:
    return f"{job.id:010}-part-{at:07}.sheaf"


def shared_values(session: Session, city: City, wording: Any, season_id: int, on: date) -> dict[str, Any]:
    """みなに同じ文: the city's wording with the season's days."""
    season = session.get_one(RenewalSeason, season_id)
    days = {"有効期間終了日": era_text(season.ends_on), "受付開始日": era_text(season.opens_on),
            "受付終了日": era_text(season.closes_on)}
    known = {name: days.get(name, "") for name in VALUE_NAMES}
    return shared_of(city, era_text(on), put_in(wording.subject, known), filled(wording.body, known),
                     filled(wording.closing, known))


def papers(session: Session, city: City, season_id: int, places: list[int], on: date) -> Iterator[tuple[int, RenewalText]]:
    """一人分ずつ, in one statement: what the ledger and the newest paper say of each person of these places."""
    words = codes_of(session, {"sex", "insurance_kind"}, on)
    names = disease_names(session, on)
    rows = session.execute(text("""
        SELECT n.id, n.position, r.name, r.name_kana, r.birth_date, r.sex, r.postal_code, r.address, r.phone, r.recipient_number,
               d.numbers, r.copay_cap_yen, r.valid_from, r.valid_to, i.insurance_kind, i.insurer_number, i.insured_number
        FROM renewal_notice n JOIN recipient r ON r.id = n.recipient_id
        LEFT JOIN LATERAL (SELECT i.* FROM application a JOIN insurance i ON i.application_id = a.id
          WHERE a.recipient_id = r.id AND a.state NOT IN ('withdrawn', 'refused')
          ORDER BY a.acceptance_date DESC, a.id DESC LIMIT 1) i ON true
        LEFT JOIN LATERAL (SELECT array_agg(DISTINCT x.disease_number) AS numbers FROM application a
          JOIN application_disease x ON x.application_id = a.id
          WHERE a.recipient_id = r.id AND a.state NOT IN ('withdrawn', 'refused') AND (a.acceptance_date, a.id) >= (
            SELECT b.acceptance_date, b.id FROM application b WHERE b.recipient_id = r.id
              AND b.state NOT IN ('withdrawn', 'refused') AND NOT (b.application_kind = '3' AND b.change_contents ? '07')
              AND EXISTS (SELECT 1 FROM application_disease y WHERE y.application_id = b.id)
            ORDER BY b.acceptance_date DESC, b.id DESC LIMIT 1)) d ON true
        WHERE n.season_id = :season AND n.position = ANY(:places) ORDER BY n.position"""),
        {"season": season_id, "places": list(places)})
    number = next_number(session, f"letter {on.year - (on.month < 4)}")
    for row in rows:
        code = row.postal_code or ""
        yield row.id, RenewalText(
            postal_code=f"{code[:3]}-{code[3:]}" if code else "", address=row.address, to=f"{row.name}　様",
            document_number=f"{city.document_prefix}{number}号の{row.position}", recipient_number=row.recipient_number or "",
            name=row.name, disease="、".join(f"{each} {names.get(each, '')}" for each in sorted(row.numbers or (), key=int)),
            period=f"{_era(row.valid_from)} から {_era(row.valid_to)} まで",
            cap=f"{row.copay_cap_yen or 0:,}円", token=f"R{row.id:09}", kana=row.name_kana or "",
            birth=f"{era_text(row.birth_date)}　{words['sex'].get(row.sex, '')}", phone=row.phone or "",
            insurance=words["insurance_kind"].get(row.insurance_kind or "", ""),
            insured=f"{row.insurer_number or ''}　{row.insured_number or ''}".strip())


@lru_cache(maxsize=4096)
def _era(day: date) -> str:
    return era_text(day)


def labels(session: Session, actor: Actor, season_id: int, first: int, last: int, now: datetime) -> bytes:
    """宛名ラベル of a range of envelopes, at most MOST_LABELS at a time; whom they name is journalled. NothingToPrint."""
    rows = session.execute(select(Recipient.id, Recipient.postal_code, Recipient.address, Recipient.name).join(
        RenewalNotice, RenewalNotice.recipient_id == Recipient.id).where(
        RenewalNotice.season_id == season_id, RenewalNotice.position.between(first, min(last, first + MOST_LABELS - 1)),
        true() if actor.sees_withheld else Recipient.is_withheld.is_(False))
        .order_by(RenewalNotice.position)).all()
    if not rows:
        raise NothingToPrint
    pdf = labels_pdf([Address(row.postal_code or "", row.address, row.name) for row in rows], now)
    journal.record(session, actor, Action.PRINTED, detail={"labels": season_id, "recipients": [row.id for row in rows]})
    session.flush()
    return pdf
