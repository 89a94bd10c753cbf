"""メニュー: all entries, in the order the office works; each is shown to those who may open it."""

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, render_template
from markupsafe import Markup

from app.security import rights_of_this_request
from app.words import language

_l = str  # a mark for the catalogue; the layout says it in the reader's language


@dataclass(frozen=True)
class Entry:
    """One line of the menu: where it leads and which right opens it."""

    label: Any
    address: str
    right: tuple[str, str]


MENU: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (_l("今日"), (
        Entry(_l("今日の仕事"), "/today/", ("can_read", "Today")),
        Entry(_l("作業の一覧"), "/work/", ("can_read", "Work")),
    )),
    (_l("入力"), (
        Entry(_l("受付"), "/reception/", ("can_read", "Reception")),
        Entry(_l("作業の列"), "/queue/", ("can_read", "Queue")),
        Entry(_l("入力中の票"), "/queue/held", ("can_release", "Queue")),
        Entry(_l("束の割当"), "/batches/", ("can_read", "Batches")),
        Entry(_l("住登外の登録"), "/off-register/", ("can_read", "OffRegister")),
        Entry(_l("入力の成績"), "/figures/", ("can_read", "Figures")),
    )),
    (_l("認定"), (
        Entry(_l("申請一覧"), "/applications/", ("can_read", "Applications")),
        Entry(_l("進行中の申請"), "/case/", ("can_read", "CaseFile")),
        Entry(_l("所得判定"), "/assessment/", ("can_read", "Assessment")),
        Entry(_l("届出・再交付"), "/notices/", ("can_read", "Notices")),
        Entry(_l("照会"), "/inquiries/", ("can_read", "Inquiries")),
        Entry(_l("情報照会"), "/network-inquiries/", ("can_read", "NetworkInquiries")),
        Entry(_l("書類審査"), "/review/", ("can_read", "Review")),
        Entry(_l("審査会"), "/board/", ("can_read", "Board")),
        Entry(_l("起案・決裁"), "/certification/", ("can_read", "Certification")),
        Entry(_l("通知の一括印刷"), "/letters/", ("can_read", "Letters")),
        Entry(_l("受給者証"), "/issue/", ("can_read", "Issue")),
        Entry(_l("受給者証の回収"), "/notices/recalls", ("can_read", "Notices")),
        Entry(_l("訂正の承認"), "/corrections/", ("can_approve", "Corrections")),
        Entry(_l("更新時期"), "/renewals/", ("can_read", "Renewals")),
        Entry(_l("時間のかかる仕事"), "/jobs/", ("can_read", "Jobs")),
    )),
    (_l("給付"), (
        Entry(_l("償還払"), "/reimbursements/", ("can_read", "Reimbursements")),
        Entry(_l("支払"), "/payments/", ("can_read", "Payments")),
        Entry(_l("レセプトの取込"), "/receipts/", ("can_read", "Receipts")),
        Entry(_l("給付の一覧"), "/records/benefits/", ("can_read", "BenefitRecords")),
        Entry(_l("保留したレセプト"), "/held-receipts/", ("can_read", "HeldReceipts")),
        Entry(_l("指摘の一覧"), "/findings/", ("can_read", "Findings")),
        Entry(_l("過誤調整・返戻依頼"), "/receipt-lists/", ("can_read", "ReceiptLists")),
        Entry(_l("調整の入力"), "/adjustments/", ("can_read", "Adjustments")),
        Entry(_l("月次報告"), "/receipt-report/", ("can_read", "ReceiptReport")),
        Entry(_l("上限を超えた月"), "/over-cap/", ("can_read", "MonthTotals")),
        Entry(_l("費用の高い月が続く人"), "/over-cap/candidates", ("can_read", "MonthTotals")),
        Entry(_l("点検の重さ"), "/severities/", ("can_read", "Severities")),
        Entry(_l("レセプトの様式"), "/receipt-profiles/", ("can_read", "ReceiptProfiles")),
    )),
    (_l("受給者"), (
        Entry(_l("受給者一覧"), "/recipients/", ("can_read", "Recipients")),
        Entry(_l("医療保険"), "/records/insurance/", ("can_read", "InsuranceRecords")),
        Entry(_l("世帯員"), "/records/household/", ("can_read", "HouseholdRecords")),
        Entry(_l("所得判定の記録"), "/records/assessments/", ("can_read", "AssessmentRecords")),
        Entry(_l("審査の記録"), "/records/reviews/", ("can_read", "ReviewRecords")),
        Entry(_l("支給認定の記録"), "/records/certifications/", ("can_read", "CertificationRecords")),
        Entry(_l("償還払の記録"), "/records/reimbursements/", ("can_read", "ReimbursementRecords")),
        Entry(_l("宛名"), "/records/addressees/", ("can_read", "AddresseeRecords")),
        Entry(_l("住民情報・税情報の取込"), "/register/", ("can_read", "Register")),
        Entry(_l("提供先・移転先"), "/destinations/", ("can_read", "Destinations")),
    )),
    (_l("管理"), (
        Entry(_l("統計"), "/statistics/", ("can_read", "Statistics")),
        Entry(_l("権限"), "/roles/", ("can_read", "Roles")),
        Entry(_l("ある日の権限"), "/past-rights/", ("can_read", "PastRights")),
        Entry(_l("利用者"), "/users/", ("can_read", "Users")),
        Entry(_l("二人での承認"), "/two-person/", ("can_read", "TwoPerson")),
        Entry(_l("様式"), "/sheets/", ("can_read", "Sheets")),
        Entry(_l("規則の数字"), "/parameters/", ("can_read", "Parameters")),
        Entry(_l("通知の文面"), "/wordings/", ("can_read", "Wordings")),
        Entry(_l("コード表"), "/masters/", ("can_read", "Masters")),
        Entry(_l("システムの状態"), "/system/", ("can_read", "System")),
        Entry(_l("隣のシステム"), "/systems/", ("can_read", "System")),
    )),
    (_l("監査"), (
        Entry(_l("操作記録"), "/journal/", ("can_read", "Journal")),
        Entry(_l("操作記録の点検"), "/inspection/", ("can_read", "Journal")),
        Entry(_l("操作記録の封印"), "/inspection/seal", ("can_read", "Journal")),
        Entry(_l("開示・訂正・利用停止の請求"), "/requests/", ("can_read", "Requests")),
        Entry(_l("保存期間と廃棄"), "/disposals/", ("can_read", "Disposals")),
    )),
)


def permitted_menu() -> list[tuple[Any, list[Entry]]]:
    """The menu of the person of this request, without empty groups and without screens this building lacks."""
    manager, addresses = current_app.appbuilder.sm, {rule.rule for rule in current_app.url_map.iter_rules()}
    groups = ((title, [entry for entry in entries if entry.address in addresses and manager.has_access(*entry.right)])
              for title, entries in MENU)
    return [(title, entries) for title, entries in groups if entries]


MOST_MENUS: Final = 100


def menu_of(path: str) -> Markup:
    """The menu of the person of this request, *path* marked in it; written once for everybody with the same rights."""
    menus: dict[tuple[Any, ...], str] = current_app.extensions.setdefault("menus", {})
    key = (language(), rights_of_this_request(current_app.appbuilder.sm.session))
    if key not in menus:
        if len(menus) > MOST_MENUS:
            menus.clear()
        menus[key] = render_template("parts/menu.html", groups=permitted_menu())
    written = menus[key]
    for _, entries in MENU:
        for entry in entries:
            if path.startswith(entry.address):
                written = written.replace(f'<a href="{entry.address}">', f'<a href="{entry.address}" aria-current="page">')
    return Markup(written)
