"""通知の中身: what a letter may say of a case, in the words of the code lists; no 個人番号 among it."""

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.application import Application
from models.certification import Certification, Loss
from models.inquiry import Inquiry
from models.insurance import Insurance
from models.recipient import Recipient
from models.renewal import RenewalNotice, RenewalSeason
from models.review import Review
from procedures import known
from procedures.drafting import decision_of
from procedures.lookup import codes_of, disease_names
from rules.era_date import era_text

# 差込みの名前: what the city may write between braces.
VALUE_NAMES: Final = ("氏名", "受給者番号", "申請受理番号", "申請日", "通知日", "期限", "有効期間開始日", "有効期間終了日", "上限額",
                      "病名", "照会内容", "受付開始日", "受付終了日", "請求金額", "支給額", "支給決定日", "決定の理由")
_LISTS: Final = {"tier", "refusal_reason", "hold_reason", "loss_reason", "application_kind", "certification"}


def values_of(session: Session, application: Application, dated: date, due: date | None) -> dict[str, str]:
    """差込みの値: every name of VALUE_NAMES, blank where the case has none."""
    person = session.get_one(Recipient, application.recipient_id)
    certification = certification_of(session, application)
    names = disease_names(session, dated)
    inquiry = session.scalars(select(Inquiry.question).where(
        Inquiry.application_id == application.id, Inquiry.closed_on.is_(None)).order_by(
        Inquiry.reminded_on.desc().nulls_last(), Inquiry.id.desc())).first()
    season = session.scalars(select(RenewalSeason).join(RenewalNotice, RenewalNotice.season_id == RenewalSeason.id).where(
        RenewalNotice.recipient_id == person.id).order_by(RenewalSeason.ends_on.desc())).first()
    assessment = known.assessed(session, application)
    return dict.fromkeys(VALUE_NAMES, "") | {
        "氏名": person.name, "受給者番号": person.recipient_number or "", "申請受理番号": str(application.acceptance_number),
        "申請日": era_text(application.application_date), "通知日": era_text(dated), "期限": _day(due),
        "有効期間開始日": _day(certification.valid_from if certification else None),
        "有効期間終了日": _day(certification.valid_to if certification else None),
        "上限額": _yen(assessment.copay_cap_yen if assessment else None),
        "病名": "、".join(names.get(number, number) for number in known.diseases(session, application)),
        "照会内容": inquiry or "", "受付開始日": _day(season.opens_on if season else None),
        "受付終了日": _day(season.closes_on if season else None)}


def facts_of(session: Session, application: Application, dated: date) -> dict[str, tuple[str, str]]:
    """記: label and text by name, in the words of the code lists; blank where the case has none."""
    words = codes_of(session, _LISTS, dated)
    values = values_of(session, application, dated, None)
    person = session.get_one(Recipient, application.recipient_id)
    certification = certification_of(session, application)
    insurance = known.known(session, Insurance, application)
    assessment = known.assessed(session, application)
    loss = session.scalars(select(Loss).where(Loss.application_id == application.id)).first()
    period = (f"{_day(certification.valid_from)} から {_day(certification.valid_to)} まで"
              if certification is not None and certification.valid_from else "")
    return {
        "number": ("申請受理番号", values["申請受理番号"]), "name": ("受診者氏名", person.name),
        "kind": ("申請区分", words["application_kind"].get(application.application_kind, "")),
        "birth_date": ("生年月日", era_text(person.birth_date)), "address": ("住所", person.address),
        "recipient_number": ("受給者番号", person.recipient_number or ""), "diseases": ("病名", values["病名"]),
        "period": ("有効期間", period), "cap": ("自己負担上限額(月額)", values["上限額"]),
        "tier": ("階層区分", words["tier"].get(assessment.tier or "", "") if assessment else ""),
        "refusal_reason": ("理由", words["refusal_reason"].get(getattr(certification, "refusal_reason", None) or "", "")),
        "awaited": ("確認中の内容", getattr(certification, "certification_remarks", None) or ""),
        "hold_reason": ("保留の理由", words["hold_reason"].get(getattr(certification, "hold_reason", None) or "", "")),
        "criteria": ("診断基準", _criteria(session, application)),
        "insured_number": ("被保険者証の記号及び番号", getattr(insurance, "insured_number", None) or ""),
        "loss_reason": ("喪失理由", words["loss_reason"].get(loss.loss_reason, "") if loss else ""),
        "loss_date": ("喪失日", _day(loss.loss_date if loss else None)),
        "registration_number": ("登録者証番号", getattr(certification, "registration_certificate", None) or ""),
        **_proposed(session, application, words)}


def month_words(month: str) -> str:
    """令和8年11月診療分: a month as the office's papers say it."""
    return f"{era_text(date.fromisoformat(f'{month}-01')).removesuffix('1日')}診療分"


def certification_of(session: Session, application: Application) -> Certification | None:
    """この申請の認定; of a notice, a loss or a renewal letter the person's current one."""
    own = session.scalars(select(Certification).where(Certification.application_id == application.id)).first()
    if own is not None:
        return own
    person = session.get_one(Recipient, application.recipient_id)
    return session.get(Certification, person.current_certification_id) if person.current_certification_id else None


def _proposed(session: Session, application: Application, words: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    decision = decision_of(session, application.id)
    proposal = dict(decision.proposal or {}) if decision else {}
    result = str(proposal.get("certification", ""))
    reasons = proposal.get("reasons")
    reason, period = str(proposal.get("reason") or proposal.get("loss_reason") or ""), ""
    if proposal.get("valid_from"):
        period = " から ".join(era_text(date.fromisoformat(str(proposal[name]))) for name in ("valid_from", "valid_to")) + " まで"
    listed = words["loss_reason" if result == "loss" else "hold_reason" if result == "3" else "refusal_reason"]
    assessment = known.assessed(session, application)
    why = [*(reasons if isinstance(reasons, list) else ()), *((assessment.reasons or ()) if assessment and result == "1" else ())]
    return {"proposal": ("起案の内容", "資格喪失" if result == "loss" else words["certification"].get(result, "")),
            "proposed_reason": ("理由の区分", listed.get(reason, "")), "proposed_period": ("有効期間", period),
            "reasons": ("理由", "\n".join(f"{place}. {each}" for place, each in enumerate(why, start=1)))}


def _criteria(session: Session, application: Application) -> str:
    meets = session.scalars(select(Review.meets_diagnostic_criteria).where(Review.application_id == application.id)).first()
    return {True: "診断基準を満たしています (登録者証の交付を申請できます)", False: "診断基準を満たしていません"}.get(meets, "")  # type: ignore[arg-type]  # None asks for the words of nothing known


def _day(day: date | None) -> str:
    return era_text(day) if day else ""


def _yen(amount: int | None) -> str:
    return f"{amount:,}円" if amount is not None else ""
