"""見本と同じ紙: every paper says, letter by letter, and looks, page by page, as its sample that somebody approved.

``NANBYO_GOLDENS=1 ./nanbyo test tests/reports/test_goldens.py`` writes the samples anew, to be looked at and committed.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
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
from procedures.letters import KINDS
from procedures.receipt_lists import ADJUST, HEADINGS, RETURN, TITLES, Entry
from procedures.statistics import Table
from reports.board import BoardCase, board_pdf
from reports.calculation import CalculationText, calculation_pdf
from reports.certificate import certificate_pdf
from reports.disclosure import MASKED, NOTES, Access, Copy, Section, disclosure_pdf
from reports.labels import address_sheets_pdf, labels_pdf
from reports.letter import Address, LetterText, filled, letter_pdf, put_in
from reports.payment_list import PaymentLine, payment_list_pdf
from reports.press import Press
from reports.receipt_list import receipt_list_pdf
from reports.renewal import renewal_form, shared_of
from reports.statistics import statistics_pdf
from rules.receipt_check import BY_CODE
from tests.reports.test_certificate import TEXT
from tests.reports.test_stamp import paper

MOST_PAGES = 2
GOLDENS = Path(__file__).parent / "goldens"
CITY, PRINTED, DAY = city_of(DEMO_CITY), datetime(2026, 11, 24, 1, tzinfo=UTC), date(2026, 11, 24)
WORDINGS = yaml.safe_load((ROOT / "seeds" / "tables" / "letter_wordings.yaml").read_text(encoding="utf-8"))
VALUES = dict.fromkeys(VALUE_NAMES, "〔値〕") | {"氏名": "𠮷田 邉󠄏子", "申請日": "令和8年11月20日", "期限": "令和8年12月8日"}


COPY = Copy("R8-D-0001", "𠮷田 邉󠄏子", DAY, "保有する情報のすべて", "一部を開示する", (
    Section("本人", ((("本人個人氏名", "𠮷田 邉󠄏子"), ("本人個人生年月日", "昭和52年5月3日")),)),
    Section("世帯員", ((("世帯員氏名", "𠮷田 邉󠄏子"),), (("世帯員氏名", MASKED),)))), ("臨床調査個人票",),
    (Access(datetime(2026, 11, 20, 9, 30), "見本市保健所 疾病予防対策課　審査の職員", "閲覧", "申請", "窓口の照会"),), NOTES)
# Every fact a letter may state, as a case of the demo city has it.
FACTS = {
    "number": ("申請受理番号", "R8-07-000001"), "name": ("受診者氏名", "𠮷田 邉󠄏子"), "kind": ("申請区分", "新規"),
    "birth_date": ("生年月日", "昭和52年5月3日"), "address": ("住所", "埼玉県さいたま市浦和区常盤6-4-4"),
    "recipient_number": ("受給者番号", "0000018"), "diseases": ("病名", "パーキンソン病、全身性エリテマトーデス"),
    "period": ("有効期間", "令和8年11月10日 から 令和9年9月30日 まで"), "cap": ("自己負担上限額(月額)", "10,000円"), "tier": ("階層区分", "一般所得Ⅰ"),
    "refusal_reason": ("理由", "重症度分類を満たさない(登録者証の対象になり得る)"), "awaited": ("確認中の内容", "重症度分類の根拠となる検査の結果"),
    "hold_reason": ("保留の理由", "臨床調査個人票の不備(医師照会中)"), "criteria": ("診断基準", "診断基準を満たしています (登録者証の交付を申請できます)"),
    "insured_number": ("被保険者証の記号及び番号", "12・3456"), "loss_reason": ("喪失理由", "市外転出"), "loss_date": ("喪失日", "令和8年11月20日"),
    "registration_number": ("登録者証番号", "0000018"), "proposal": ("起案の内容", "認定"), "proposed_reason": ("理由の区分", ""),
    "proposed_period": ("有効期間", "令和8年11月10日 から 令和9年9月30日 まで"),
    "reasons": ("理由", "1. 重症度分類等を満たした日 令和8年11月10日 から (法7条5項)\n2. 終わりは市の更新時期の9月30日 (市の設定)")}

# What the letters about a claim state beside or instead of that.
OF_CLAIMS = {
    "months": ("令和8年9月診療分", "13,860円"), "claimed": ("請求金額", "18,860円"), "granted": ("支給決定額", "13,860円"),
    "refused": ("支給しない額", "5,000円"), "left_out": ("支給の対象としないもの", "令和8年9月3日 見本薬局 (指定医療機関以外)"),
    "why": ("理由", "自己負担の額が上限額以下"), "awaited": ("確かめる内容", "令和8年9月の高額療養費の支給決定"),
    "parts": ("別に決定する月", "令和8年10月診療分 (申請受理番号 R8-07-000002-2)"),
    "revoked": ("取り消す支給決定", "令和8年11月20日 13,860円"), "taken_back": ("取消の理由", "高額療養費の額の誤り"),
    "account": ("振込先", "埼玉りそな銀行 県庁支店 普通 ****567 ﾖｼﾀﾞ ﾊﾅｺ")}


def letter(kind: str) -> bytes:
    wording, of_kind = WORDINGS[kind], KINDS[kind]
    facts = FACTS | (OF_CLAIMS if kind.startswith("payment_") else {})
    text = LetterText(
        Address("3300061", "埼玉県さいたま市浦和区常盤6-4-4", "𠮷田 邉󠄏子") if of_kind.to == "applicant"
        else Address("", "", "見本健康保険組合", "御中"), "見保疾第12号", DAY, put_in(wording["subject"], VALUES),
        filled(wording["body"], VALUES), tuple(facts[name] for name in of_kind.facts if facts[name][1]),
        filled(wording["closing"], VALUES), ("臨床調査個人票", "住民票") if kind == "correction" else (),
        "R8-07-000001" if kind in ("correction", "draft") else "")
    if kind == "draft":
        text = replace(text, approvers=CITY.approvers, drafter="審査 史子")
    return letter_pdf([text], CITY, PRINTED)


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
    "statistics": lambda: statistics_pdf(2026, [
        Table("tiers", "階層区分別の受給者", (("低所得Ⅰ", 120), ("一般所得Ⅰ", 340))),
        Table("months", "月別の決定件数", tuple((f"2026-{month:02}", month * 10) for month in range(4, 13))),
        Table("refusals", "非認定理由別の件数", (("重症度分類を満たさない(登録者証の対象になり得る)", 3), ("診断基準を満たさない", 5)))],
        DAY, CITY, PRINTED),
    "labels": lambda: labels_pdf([Address("3300061", "埼玉県さいたま市浦和区常盤6-4-4", "𠮷田 邉󠄏子")] * 25, PRINTED),
    "payment_list": lambda: payment_list_pdf(7, date(2026, 12, 10), "made", [
        PaymentLine(1, "R8-07-000013", "0000018", "𠮷田 邉󠄏子", "ﾖｼﾀﾞ ﾊﾅｺ", "埼玉りそな 0017", "県庁 104", "普通", "1234567", 24_500, ""),
        PaymentLine(2, "R8-07-000014", "0000026", "見本 太郎", "ﾐﾎﾝ ﾀﾛｳ", "ゆうちょ 9900", "〇三八 038", "普通", "7654321", 3_080, "振込不能")],
        CITY, PRINTED),
    "disclosure": lambda: disclosure_pdf(COPY, CITY, PRINTED),
    "address-sheet": lambda: address_sheets_pdf([Address("3300061", "埼玉県さいたま市浦和区常盤6-4-4", "𠮷田 邉󠄏子")], CITY, PRINTED),
    "receipts-adjust": lambda: receipt_list(ADJUST), "receipts-return": lambda: receipt_list(RETURN),
    "renewal": renewal, "calculation": calculation}


def receipt_list(kind: str) -> bytes:
    """Two receipts that payers are asked to take back: one by a check, one by the office itself."""
    one = Entry(DAY, "社会保険診療報酬支払基金", "2026-10", "2026-09", "1111012348", "見本病院", "0000018", "𠮷田 邉󠄏子", "入院外", 3210, 32_100,
                3_210, 6_420, f"{BY_CODE['W6'].sentence} 同じ月に二度届いた")
    two = replace(one, agency="国民健康保険団体連合会", facility_number="1141016780", facility="見本調剤薬局", name="見本 太郎",
                  recipient_number="0000026", setting="調剤", public_yen=None, reason="月の途中で資格を喪失")
    return receipt_list_pdf(TITLES[kind], HEADINGS, [one.cells(), two.cells()], (date(2026, 11, 1), DAY), CITY, PRINTED)


def picture(pdf: bytes) -> Image.Image:
    """The first pages side by side: form and prefilled sheet, certificate and ledger, agenda and case."""
    pages = [page.render(scale=0.7).to_pil().convert("L") for page in list(pypdfium2.PdfDocument(pdf))[:MOST_PAGES]]
    whole = Image.new("L", (sum(each.width for each in pages), max(each.height for each in pages)), 255)
    for place, each in enumerate(pages):
        whole.paste(each, (sum(before.width for before in pages[:place]), 0))
    return whole


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_as_its_sample(name):
    pdf = PAPERS[name]()
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    seen = picture(pdf)
    text, sample_file = GOLDENS / f"{name}.txt", GOLDENS / f"{name}.png"
    if os.environ.get("NANBYO_GOLDENS"):
        text.write_text(said, encoding="utf-8")
        seen.point(lambda value: round(value / 17) * 17).save(sample_file, optimize=True)  # sixteen greys: small, and close enough
    assert said == text.read_text(encoding="utf-8")
    with Image.open(sample_file) as sample:
        differing = sum(ImageChops.difference(sample.convert("L"), seen).histogram()[96:])
    assert sample.size == seen.size and differing <= seen.width * seen.height // 1000


def test_every_letter_the_city_can_send_has_its_sample():
    assert {f"letter-{kind}" for kind in KINDS} <= set(PAPERS)


def test_a_table_longer_than_a_page_begins_on_the_first_one_and_repeats_its_head():
    lines = tuple((f"{number} 病名", number) for number in range(1, 61))
    pages = pypdfium2.PdfDocument(statistics_pdf(2026, [Table("diseases", "疾病別の受給者", lines)], DAY, CITY, PRINTED))
    said = [page.get_textpage().get_text_range() for page in pages]
    assert "1 病名" in said[0] and all("区分" in each for each in said) and "計" in said[-1]


def test_a_sheet_of_labels_holds_three_by_eight():
    pages = pypdfium2.PdfDocument(PAPERS["labels"]())
    assert [page.get_textpage().get_text_range().count("様") for page in pages] == [24, 1]
