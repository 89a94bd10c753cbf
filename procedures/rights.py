"""権限の一覧: what one may do, in office words, what each opens, and which role has it on the first day."""

from dataclasses import dataclass
from typing import Final

ROLES: Final[dict[str, tuple[str, str]]] = {
    "entry": ("入力", "Entry"),
    "review": ("審査", "Review"),
    "manager": ("決裁・管理", "Decision and management"),
    "numbers": ("個人番号", "Individual Numbers"),
    "admin": ("権限管理", "Administration"),
    "audit": ("監査", "Audit"),
    "contract_entry": ("受託入力", "Contract entry"),
}


@dataclass(frozen=True)
class Right:
    """一つの権限: one thing a person may do; its group and words on the matrix, the pairs FAB checks, who has it at first."""

    code: str
    group: str
    label: str
    label_en: str
    pairs: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


RIGHTS: Final[tuple[Right, ...]] = (
    Right("sheet.receive", "入力", "申請書を受け付ける", "Receive applications",
          (("can_read", "Reception"), ("can_write", "Reception")), ("entry", "manager")),
    Right("sheet.key", "入力", "申請書を入力する", "Key sheets",
          (("can_read", "Queue"), ("can_read", "Keying"), ("can_write", "Keying"), ("can_read", "Scan"),
           ("can_read", "Lookup")), ("entry", "contract_entry")),
    Right("sheet.key_numbers", "入力", "個人番号記載票を扱う", "Handle papers with Individual Numbers",
          (("can_write_numbers", "Keying"),), ("entry",)),
    Right("sheet.settle", "入力", "相違を確認して決める", "Settle differences",
          (("can_read", "Queue"), ("can_read", "Settlement"), ("can_settle", "Settlement"), ("can_read", "Scan"),
           ("can_read", "Lookup")), ("entry",)),
    Right("off_register.key", "入力", "住登外の人を登録する", "Register people off the register",
          (("can_read", "OffRegister"), ("can_write", "OffRegister")), ("entry",)),
    Right("sheet.take_over", "入力", "入力中の票を引き取る", "Take over sheets left half keyed",
          (("can_release", "Queue"),), ("manager",)),
    Right("figures.see", "入力", "入力の成績を見る", "See keying figures", (("can_read", "Figures"),), ("manager",)),
    Right("recipient.see", "受給者", "受給者と申請を見る", "See recipients and applications",
          (("can_read", "Recipients"), ("can_read", "Applications"), ("can_read", "Person")),
          ("entry", "review", "manager", "numbers")),
    Right("records.case", "受給者", "保険・審査・認定の記録を見る", "See insurance, review and certification records",
          (("can_read", "InsuranceRecords"), ("can_read", "ReviewRecords"), ("can_read", "CertificationRecords")),
          ("review", "manager")),
    Right("records.income", "受給者", "世帯と所得の記録を見る", "See household and income records",
          (("can_read", "HouseholdRecords"), ("can_read", "AssessmentRecords")), ("review", "manager")),
    Right("records.money", "受給者", "給付と償還払の記録を見る", "See benefit and reimbursement records",
          (("can_read", "BenefitRecords"), ("can_read", "ReimbursementRecords")), ("manager",)),
    Right("records.addressee", "受給者", "宛名の記録を見る", "See resident register records",
          (("can_read", "AddresseeRecords"),), ("review", "manager")),
    Right("numbers.see", "受給者", "個人番号を見る", "See Individual Numbers", (("can_see", "Numbers"),), ("numbers",)),
    Right("withheld.see", "受給者", "不開示の人の住所を見る", "See where withheld persons live",
          (("can_see_withheld", "Recipients"),), ("manager",)),
    Right("today.see", "管理", "今日の仕事を見る", "See today's work", (("can_read", "Today"),), ("review", "manager")),
    Right("person.looks", "受給者", "誰が見たかを見る", "See who looked at a person",
          (("can_see_looks", "Person"),), ("manager",)),
    Right("filter.share", "受給者", "検索条件を課で共有する", "Share saved filters",
          (("can_share", "Recipients"),), ("manager",)),
    Right("list.export", "受給者", "一覧を出力する", "Export lists", tuple(
        ("can_export", noun) for noun in (
            "Recipients", "Applications", "InsuranceRecords", "ReviewRecords", "CertificationRecords",
            "HouseholdRecords", "AssessmentRecords", "BenefitRecords", "ReimbursementRecords", "AddresseeRecords")),
          ("manager",)),
    Right("assessment.see", "認定", "所得判定を見る", "See assessments", (("can_read", "Assessment"),),
          ("review", "manager")),
    Right("assessment.do", "認定", "所得を判定する", "Assess income", (("can_write", "Assessment"),), ("review", "manager")),
    Right("review.see", "認定", "書類審査を見る", "See reviews", (("can_read", "Review"),), ("review", "manager")),
    Right("review.do", "認定", "書類を審査する", "Review documents", (("can_write", "Review"),), ("review",)),
    Right("certification.draft", "認定", "起案する", "Draft results",
          (("can_read", "Certification"), ("can_draft", "Certification")), ("review", "manager")),
    Right("certification.sign", "認定", "決裁する", "Sign off",
          (("can_read", "Certification"), ("can_sign", "Certification")), ("manager",)),
    Right("certificate.issue", "認定", "受給者証を印刷する", "Print certificates",
          (("can_read", "Issue"), ("can_print", "Issue"), ("can_read", "Jobs"), ("can_print_certificates", "Jobs")),
          ("manager",)),
    Right("case.see", "認定", "申請の台紙を見る", "See case files", (("can_read", "CaseFile"),), ("review", "manager")),
    Right("case.do", "認定", "書類・照会・取下げを登録する", "Note papers, inquiries and withdrawals",
          (("can_write", "CaseFile"), ("can_read", "Inquiries"), ("can_write", "Inquiries")), ("review", "manager")),
    Right("letter.print", "認定", "通知を印刷する", "Print letters", (("can_print", "CaseFile"),), ("review", "manager")),
    Right("notice.do", "認定", "届出を受理する", "Accept notices",
          (("can_read", "Notices"), ("can_write", "Notices")), ("review", "manager")),
    Right("work.do", "認定", "作業の一覧を扱う", "Handle the work list",
          (("can_read", "Work"), ("can_write", "Work")), ("review", "manager")),
    Right("board.see", "認定", "審査会を見る", "See the review board", (("can_read", "Board"),), ("review", "manager")),
    Right("board.do", "認定", "審査会の議題と結果を扱う", "Handle agenda and opinions of the board",
          (("can_write", "Board"),), ("review",)),
    Right("correction.ask", "認定", "記録の訂正を求める", "Ask for corrections",
          (("can_read", "Corrections"), ("can_ask", "Corrections")), ("review", "manager")),
    Right("correction.approve", "認定", "記録の訂正を承認する", "Approve corrections",
          (("can_read", "Corrections"), ("can_approve", "Corrections")), ("manager",)),
    Right("statistics.see", "管理", "統計を見る", "See statistics", (("can_read", "Statistics"),), ("manager",)),
    Right("renewal.do", "認定", "更新時期を進める", "Run renewal seasons",
          (("can_read", "Renewals"), ("can_write", "Renewals"), ("can_read", "Jobs")), ("manager",)),
    Right("renewal.find", "入力", "二次元コードで受給者を開く", "Open a person by the renewal code",
          (("can_find", "Renewals"),), ("entry", "manager")),
    Right("register.import", "受給者", "住民情報・税情報を取り込む", "Import resident and tax data",
          (("can_read", "Register"), ("can_write", "Register")), ("manager",)),
    Right("parameters.edit", "管理", "規則の数字を管理する", "Manage the figures of the rules",
          (("can_read", "Parameters"), ("can_write", "Parameters")), ("admin",)),
    Right("wording.edit", "管理", "通知の文面を作り変える", "Edit the wording of letters",
          (("can_read", "Wordings"), ("can_write", "Wordings")), ("admin",)),
    Right("roles.edit", "管理", "権限を管理する", "Manage permissions",
          (("can_read", "Roles"), ("can_write", "Roles")), ("admin",)),
    Right("users.edit", "管理", "利用者を管理する", "Manage users",
          (("can_read", "Users"), ("can_write", "Users")), ("admin",)),
    Right("sheets.edit", "管理", "様式を作り変える", "Edit sheets", (("can_read", "Sheets"), ("can_write", "Sheets"),
                                                          ("can_read", "Lookup")), ("admin",)),
    Right("masters.edit", "管理", "コード表を管理する", "Manage code lists",
          (("can_read", "Masters"), ("can_write", "Masters")), ("admin",)),
    Right("journal.see", "監査", "操作記録を見る", "See the journal", (("can_read", "Journal"),), ("audit",)),
    Right("journal.export", "監査", "操作記録を出力する", "Export the journal", (("can_export", "Journal"),), ("audit",)),
)

BY_CODE: Final = {right.code: right for right in RIGHTS}
# 権限管理 decides who may see cases and therefore sees none; what shows a person is in these groups.
CASE_GROUPS: Final = ("入力", "認定", "受給者")
KEYS_OF_THE_HOUSE: Final = ("roles.edit", "users.edit")  # without somebody who holds both, nobody could be let in again
