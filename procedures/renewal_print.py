"""更新案内の印刷: everybody of a season on one form, five hundred envelopes a transaction, resumable, by range again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
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
from reports.paper import GlyphMissing, in_one
from reports.press import Press
from reports.renewal import RenewalText, renewal_form, shared_of
from reports.stamp import Form
from rules.era_date import era_text

CHUNK: Final = 500
MOST_LABELS: Final = 480  # twenty sheets


class RenewalJob:
    """更新案内の印刷のやり方: 500 envelopes a chunk, each chunk a transaction with its journal rows."""

    def __init__(self, files: SealedFolder, city: City, today: date, now: Callable[[], datetime]) -> None:
        self.files, self.city, self.today, self.now = files, city, today, now
        self.form: Form | None = None

    def plan(self, session: Session, job: Job) -> int:
        """One row a person."""
        return len(job.params["places"])

    def step(self, session: Session, job: Job) -> int:
        """Print the next five hundred; who cannot be printed is named by number and does not stop the others."""
        at = job.done + job.failed
        places = job.params["places"][at:at + CHUNK]
        user = session.get_one(User, job.requested_by)
        actor = Actor(user.id, full_name(user), "job")
        self.form = self.form or renewal_form(self._shared(session, job))
        part, printed = f"{job.id:010}-part-{at:07}.pdf", []
        buffer = BytesIO()
        press = Press(buffer, self.form)
        for notice_id, paper in papers(session, self.city, job.params["season"], places, self.today):
            try:
                press.stamp(paper.values())
            except GlyphMissing as missing:
                fault(job, notice_id, str(missing))
                continue
            printed.append(notice_id)
        press.close()
        self.files.write(part, buffer.getvalue())
        self._note(session, actor, job, printed)
        return len(printed)

    def finish(self, session: Session, job: Job) -> str | None:
        """All envelopes in one file; the parts go."""
        parts = [f"{job.id:010}-part-{at:07}.pdf" for at in range(0, job.total, CHUNK)]
        parts = [part for part in parts if self.files.path(part).exists()]
        if not parts:
            return None
        name = f"{job.id:010}-{job.params['kind']}.pdf"
        self.files.write(name, self.files.read(parts[0]) if len(parts) == 1 else in_one(self.files.read(part) for part in parts))
        for part in parts:
            self.files.remove(part)
        return name

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
               r.disease_number, r.copay_cap_yen, r.valid_from, r.valid_to, i.insurance_kind, i.insurer_number, i.insured_number
        FROM renewal_notice n JOIN recipient r ON r.id = n.recipient_id JOIN certification c ON c.id = n.certification_id
        LEFT JOIN insurance i ON i.application_id = c.application_id
        WHERE n.season_id = :season AND n.position = ANY(:places) ORDER BY n.position"""),
        {"season": season_id, "places": list(places)})
    number = next_number(session, f"letter {on.year - (on.month < 4)}")
    for row in rows:
        code = row.postal_code or ""
        yield row.id, RenewalText(
            postal_code=f"{code[:3]}-{code[3:]}" if code else "", address=row.address, to=f"{row.name}　様",
            document_number=f"{city.document_prefix}{number}号の{row.position}", recipient_number=row.recipient_number or "",
            name=row.name, disease=f"{row.disease_number or ''} {names.get(row.disease_number or '', '')}".strip(),
            period=f"{era_text(row.valid_from)} から {era_text(row.valid_to)} まで",
            cap=f"{row.copay_cap_yen or 0:,}円", token=f"R{row.id:09}", kana=row.name_kana or "",
            birth=f"{era_text(row.birth_date)}　{words['sex'].get(row.sex, '')}", phone=row.phone or "",
            insurance=words["insurance_kind"].get(row.insurance_kind or "", ""),
            insured=f"{row.insurer_number or ''}　{row.insured_number or ''}".strip())


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
