"""見本と同じ紙: every paper says, letter by letter, and looks, page by page, as its sample that somebody approved.

``NANBYO_GOLDENS=1 ./nanbyo test tests/reports/test_goldens.py`` writes the samples anew, to be looked at and committed.
"""

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import yaml
from PIL import Image, ImageChops

from config import DEMO_CITY, ROOT
from procedures.city import city_of
from procedures.letter_facts import VALUE_NAMES
from procedures.statistics import Table
from reports.board import BoardCase, board_pdf
from reports.calculation import CalculationText, calculation_pdf
from reports.certificate import certificate_pdf
from reports.disclosure import MASKED, NOTES, Access, Copy, Section, disclosure_pdf
from reports.labels import labels_pdf
from reports.letter import Address, LetterText, filled, letter_pdf, put_in
from reports.payment_list import PaymentLine, payment_list_pdf
from reports.press import Press
from reports.renewal import renewal_form, shared_of
from reports.statistics import statistics_pdf
from tests.reports.test_certificate import TEXT
from tests.reports.test_stamp import paper

GOLDENS = Path(__file__).parent / "goldens"
CITY, PRINTED, DAY = city_of(DEMO_CITY), datetime(2026, 11, 24, 1, tzinfo=UTC), date(2026, 11, 24)
WORDINGS = yaml.safe_load((ROOT / "seeds" / "tables" / "letter_wordings.yaml").read_text(encoding="utf-8"))
VALUES = dict.fromkeys(VALUE_NAMES, "〔値〕") | {"氏名": "𠮷田 邉󠄏子", "申請日": "令和8年11月20日", "期限": "令和8年12月8日"}


COPY = Copy("R8-D-0001", "𠮷田 邉󠄏子", DAY, "保有する情報のすべて", "一部を開示する", (
    Section("本人", ((("本人個人氏名", "𠮷田 邉󠄏子"), ("本人個人生年月日", "昭和52年5月3日")),)),
    Section("世帯員", ((("世帯員氏名", "𠮷田 邉󠄏子"),), (("世帯員氏名", MASKED),)))), ("臨床調査個人票",),
    (Access(datetime(2026, 11, 20, 9, 30), "見本市保健所 疾病予防対策課　審査の職員", "閲覧", "申請", "窓口の照会"),), NOTES)


def letter(kind: str) -> bytes:
    wording = WORDINGS[kind]
    return letter_pdf([LetterText(
        Address("3300061", "埼玉県さいたま市浦和区常盤6-4-4", "𠮷田 邉󠄏子"), "見保疾第12号", DAY, put_in(wording["subject"], VALUES),
        filled(wording["body"], VALUES), (("受給者番号", "0000018"), ("受診者氏名", "𠮷田 邉󠄏子"), ("病名", "パーキンソン病")),
        filled(wording["closing"], VALUES), ("臨床調査個人票", "住民票") if kind == "correction" else (), "R8-07-000001")], CITY, PRINTED)


def calculation() -> bytes:
    """Two bills of one month: one counted, one of an institution that was not designated."""
    line = {"line": 1, "day": DAY, "until": None, "facility": "見本病院", "setting": "入院外", "total_yen": 100_000, "share": "3",
            "cap_yen": 10_000, "paid_yen": 30_000, "share_yen": 20_000, "burden_yen": 10_000, "meals_yen": 0, "reason": "",
            "words": "2026-11-24: 支払30,000円、本来の自己負担10,000円 (2割と上限の残りの少ない方、法5条2項)"}
    outside = line | {"line": 2, "until": DAY, "facility": "見本薬局", "cap_yen": None, "paid_yen": 0, "share_yen": 0, "burden_yen": 0,
                      "reason": "指定医療機関以外", "words": "2026-11-24の5,000円は対象外: 指定医療機関ではない (法5条1項)"}
    month = {"title": "令和8年11月診療分", "refund_yen": 20_000, "high_cost_yen": 0, "high_cost_why": "高額療養費の対象外 (請求書の記入)",
             "ledger": {"yen": 0, "written": 0, "receipts": 0, "earlier": 0}, "lines": [line, outside],
             "reasons": ["支払30,000円 − 高額療養費0円 − 自己負担10,000円 = 20,000円 (法12条)"]}
    return calculation_pdf(CalculationText("R8-07-000001", DAY, "0000018", "𠮷田 邉󠄏子", "受給者証交付前の受診", 35_000, 1, DAY, "pay",
                                           20_000, "指定医療機関以外", (month, month | {"title": "令和8年10月診療分", "high_cost_yen": None})), CITY, PRINTED)


def renewal() -> bytes:
    buffer = BytesIO()
    press = Press(buffer, renewal_form(shared_of(CITY, "令和9年6月1日", "更新手続について", ("更新の申請をしてください。",), ())))
    press.stamp(paper().values())
    press.close()
    return buffer.getvalue()


PAPERS: dict[str, Callable[[], bytes]] = {
    **{f"letter-{kind}": lambda kind=kind: letter(kind) for kind in WORDINGS},
    "certificate": lambda: certificate_pdf([TEXT], CITY, PRINTED),
    "certificate-folded": lambda: certificate_pdf([TEXT], CITY, PRINTED, folded=True),
    "board": lambda: board_pdf(DAY, "第1会議室", [BoardCase("R8-07-000001", "神経・筋疾患", "新規", "女", 49, ("パーキンソン病",), DAY, DAY,
                                                   "見本 医師", False, "重症度に疑義")], CITY, PRINTED),
    "statistics": lambda: statistics_pdf(2026, [Table("tiers", "階層区分別の受給者", (("低所得Ⅰ", 120), ("一般所得Ⅰ", 340)))], CITY, PRINTED),
    "labels": lambda: labels_pdf([Address("3300061", "埼玉県さいたま市浦和区常盤6-4-4", "𠮷田 邉󠄏子")] * 25, PRINTED),
    "payment_list": lambda: payment_list_pdf(7, date(2026, 12, 10), "made", [
        PaymentLine(1, "R8-07-000013", "0000018", "𠮷田 邉󠄏子", "ﾖｼﾀﾞ ﾊﾅｺ", "埼玉りそな 0017", "県庁 104", "普通", "1234567", 24_500, ""),
        PaymentLine(2, "R8-07-000014", "0000026", "見本 太郎", "ﾐﾎﾝ ﾀﾛｳ", "ゆうちょ 9900", "〇三八 038", "普通", "7654321", 3_080, "振込不能")],
        CITY, PRINTED),
    "disclosure": lambda: disclosure_pdf(COPY, CITY, PRINTED),
    "renewal": renewal, "calculation": calculation}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_as_its_sample(name):
    pdf = PAPERS[name]()
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    seen = pypdfium2.PdfDocument(pdf)[0].render(scale=0.7).to_pil().convert("L")
    text, picture = GOLDENS / f"{name}.txt", GOLDENS / f"{name}.png"
    if os.environ.get("NANBYO_GOLDENS"):
        text.write_text(said, encoding="utf-8")
        seen.quantize(8).save(picture, optimize=True)
    assert said == text.read_text(encoding="utf-8")
    with Image.open(picture) as sample:
        differing = sum(ImageChops.difference(sample.convert("L"), seen).histogram()[96:])
    assert sample.size == seen.size and differing <= seen.width * seen.height // 1000
