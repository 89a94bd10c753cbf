"""償還払: 特定医療費請求書."""

from forms.sheet import Section, Sheet, ask, must
from models.reimbursement import ReimbursementClaim as Claim

REIMBURSEMENT = Sheet("reimbursement", "特定医療費請求書", (
    Section("請求", (must(Claim.application_date), must(Claim.written_recipient_number), must(Claim.claim_reason),
                     must(Claim.claimed_yen))),
    Section("振込先", (must(Claim.bank), must(Claim.bank_branch), must(Claim.account_kind),
                       must(Claim.account_number), must(Claim.account_holder), ask(Claim.account_holder_kana))),
))
