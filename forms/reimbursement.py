"""償還払: 特定医療費請求書 with its 証明書, one line a month and institution, as they lie behind it."""

from forms.sheet import Section, Sheet, ask, must, must_when
from models.reimbursement import ReimbursementBill as Bill
from models.reimbursement import ReimbursementClaim as Claim
from models.reimbursement import ReimbursementMonth as Month

REIMBURSEMENT = Sheet("reimbursement", "特定医療費請求書", (
    Section("請求", (must(Claim.application_date), must(Claim.written_recipient_number), must(Claim.claim_reason),
                     must(Claim.claimed_yen))),
    Section("振込先", (must(Claim.bank), ask(Claim.bank_branch), ask(Claim.account_kind), ask(Claim.account_number))),
    Section("ゆうちょ銀行のとき", (
        ask(Claim.postal_symbol, help="通帳の記号5桁。店番・口座番号が書いてあれば上の欄だけでよい"), ask(Claim.postal_number)),
        blank_allowed=True),
    Section("口座名義", (must(Claim.account_holder), must(Claim.account_holder_kana))),
    Section("証明書 (医療機関・月ごとに一行)", (
        must(Bill.treated_on), ask(Bill.treated_to, help="何日か通ったとき、その月の最後の診療日"), must(Bill.setting),
        must(Bill.facility_number), must(Bill.total_yen), must(Bill.insured_share), must(Bill.paid_yen), ask(Bill.meal_yen)),
        rows=10),
    Section("高額療養費・管理票 (月ごとに一行)", (
        must(Month.treatment_month), ask(Month.high_cost), must_when(Month.high_cost_yen, Month.high_cost, ("1",)),
        ask(Month.ledger_yen, help="管理票に書かれたその月の最後の累積額 (請求する領収の前まで)")), rows=6, blank_allowed=True),
), checks=("account_is_complete", "bills_are_possible", "months_once"))
