"""お金は消えも増えもしない: claimed = paid + held + refused + open under any order of events, per claim, per run and in total.

The machine keeps its own books beside the office: what was claimed, what the bank was told to pay and what came back.
"""

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from models.payment import PaymentOrder, PaymentReturn
from models.recipient import Recipient
from models.reimbursement import ReimbursementBill, ReimbursementClaim, ReimbursementMonth
from models.sheet import Keying
from procedures import corrections, payment, taking_back
from procedures.actor import Actor
from procedures.claim_parts import can_divide, divide
from procedures.payment_ledger import ledger
from procedures.payment_returns import put_back, take_in
from procedures.refusal import Refused
from procedures.reimbursement import HOLD, Draft, calculate, draft, send_back, sign_off, withdraw
from procedures.reimbursement_calculation import latest
from procedures.reimbursement_ledger import totals
from procedures.reimbursement_office import note_high_cost
from rules.bank_day import next_bank_day
from tests.claims import ELSEWHERE, claimer, designate
from tests.money import CITY
from tests.neighbours.bank_records import decode, refuse
from tests.office import NOW, ON, received

PICK = st.integers(0, 99)
INSTITUTIONS = [f"11110{number:05}" for number in range(1, 41)]
OPEN = ("registered", "calculated", "drafted")


class Office(RuleBasedStateMachine):
    """The office of one session; every run begins with the same certified person and nothing claimed."""

    session: Session
    actors: Mapping[str, Actor]
    person: Recipient

    def __init__(self):
        super().__init__()
        self.reviewer, self.manager = self.actors["reviewer1"], self.actors["manager1"]
        self.savepoint = self.session.begin_nested()
        self.day, self.claims, self.files = ON, [], {}
        self.sent, self.back = {}, {}  # claim → yen the bank was told to pay, yen that came back

    def teardown(self):
        self.savepoint.rollback()
        self.session.expire_all()

    def of(self, *states):
        return [claim for claim in self.claims if claim.state in states]

    def pick(self, number, *states):
        found = self.of(*states)
        return found[number % len(found)]

    @precondition(lambda self: len(self.of("registered")) < 2 and len(self.claims) < len(INSTITUTIONS))
    @rule(paid=st.integers(1, 300_000), extra=st.integers(0, 5_000), kind=st.sampled_from(("pay", "hold", "refuse", "both")))
    def claim(self, paid, extra, kind):
        sheet = received(self.session, self.actors, "reimbursement")
        for turn, name in ((1, "clerk1"), (2, "clerk2")):
            self.session.add(Keying(sheet_id=sheet.id, turn=turn, clerk_id=self.actors[name].user_id, started_at=NOW, submitted_at=NOW))
            self.session.flush()
        made = ReimbursementClaim(
            recipient_id=self.person.id, sheet_id=sheet.id, application_date=ON, claim_reason="1", acceptance_date=ON,
            acceptance_number=sheet.acceptance_number, claimed_yen=paid + extra, bank="0001", bank_branch="001",
            written_recipient_number=self.person.recipient_number, account_kind="1", account_number="1234567",
            account_holder="𠮷田 邉󠄏子", account_holder_kana="ヨシダ ハナコ", state="registered")
        self.session.add(made)
        self.session.flush()
        where = ELSEWHERE if kind == "refuse" else INSTITUTIONS[len(self.claims)]
        self.session.add_all((
            ReimbursementBill(claim_id=made.id, recipient_id=self.person.id, position=0, treated_on=ON - timedelta(days=10), setting="2",
                              facility_number=where, total_yen=paid * 10 // 3 + 10, insured_share="3", paid_yen=paid),
            ReimbursementMonth(claim_id=made.id, position=0, treatment_month="2026-11", high_cost="2" if kind == "hold" else "0")))
        if kind == "both":  # a second month, whose 高額療養費 is open
            made.claimed_yen += 200_000
            self.session.add_all((
                ReimbursementBill(claim_id=made.id, recipient_id=self.person.id, position=1, treated_on=ON + timedelta(days=10), setting="2",
                                  facility_number=where, total_yen=700_000, insured_share="3", paid_yen=210_000),
                ReimbursementMonth(claim_id=made.id, position=1, treatment_month="2026-12", high_cost="2")))
        self.session.flush()
        self.session.refresh(made)
        self.claims.append(made)

    @precondition(lambda self: self.of("registered", "calculated", "held"))
    @rule(number=PICK)
    def count_and_draft(self, number):
        claim = self.pick(number, "registered", "calculated", "held")
        counted = calculate(self.session, self.reviewer, claim.id, ON)
        if can_divide(counted.content) and number % 2:  # half of them wait at this point, to be divided
            return
        draft(self.session, self.reviewer, claim.id, Draft(counted.decision, "17" if counted.decision == HOLD else ""), ON)

    @precondition(lambda self: self.of("drafted"))
    @rule(number=PICK)
    def sign(self, number):
        try:
            with self.session.begin_nested():
                sign_off(self.session, self.manager, self.pick(number, "drafted").id, ON)
        except Refused:  # another claim of the month was granted meanwhile: it is counted again
            send_back(self.session, self.manager, self.pick(number, "drafted").id, "数え直し")

    @precondition(lambda self: self.of("held"))
    @rule(number=PICK, yen=st.integers(0, 50_000))
    def hear_from_the_insurer(self, number, yen):
        claim = self.pick(number, "held")
        note_high_cost(self.session, self.reviewer, claim.id, claim.months[0].treatment_month, yen, "保険者の決定通知", ON)

    @rule(number=PICK)
    def pay_the_decided_months_first(self, number):
        found = [claim for claim in self.of("calculated", "held") if can_divide(latest(self.session, claim.id).content)]
        if not found:
            return
        claim = found[number % len(found)]
        try:
            with self.session.begin_nested():
                calculate(self.session, self.reviewer, claim.id, ON)
                self.claims.append(divide(self.session, self.reviewer, claim.id, ON))
        except Refused:  # the amount that was claimed does not reach for two parts, or the month was decided meanwhile
            self.session.refresh(claim)

    @precondition(lambda self: self.of("granted"))
    @rule(number=PICK, stands=st.booleans())
    def take_back(self, number, stands):
        claim = self.pick(number, "granted")
        try:
            with self.session.begin_nested():
                taking_back.ask(self.session, self.reviewer, claim.id, "証明書の取違え", ON)
        except taking_back.InARun:
            assert self.session.query(PaymentOrder).filter(PaymentOrder.claim_id == claim.id, PaymentOrder.state != "cancelled").count()
            return
        if stands:
            taking_back.let_stand(self.session, self.manager, claim.id)
        else:
            taking_back.take_back(self.session, self.manager, claim.id, ON)

    @precondition(lambda self: len(self.of("registered", "held")) > 3)
    @rule(number=PICK)
    def withdraw(self, number):
        withdraw(self.session, self.reviewer, self.pick(number, "registered", "held").id, "本人の申出")

    @precondition(lambda self: len(self.runs("made")) < 2 and self.of("granted", "returned"))
    @rule()
    def make_a_run(self):
        self.day = next_bank_day(self.day)
        try:
            with self.session.begin_nested():
                payment.make(self.session, self.reviewer, CITY, self.day, ON, NOW)
        except Refused:  # nothing that a bank could pay
            return

    def runs(self, *states):
        return [line.batch for line in ledger(self.session).runs if line.batch.state in states]

    @precondition(lambda self: self.runs("made"))
    @rule(number=PICK)
    def release(self, number):
        run = self.runs("made")[number % len(self.runs("made"))]
        try:
            with self.session.begin_nested():
                payment.release(self.session, self.manager, run.id, ON, NOW)
        except payment.ChangedSince:
            payment.cancel(self.session, self.reviewer, run.id, "口座が変わった", NOW)
            return
        sent = payment.hand_over(self.session, self.manager, run.id, "taken", NOW)
        owner = {order.number: order.claim_id for order in payment.orders_of(self.session, run.id)}
        for each in decode(sent)["payments"]:
            self.files[each["number"]] = sent
            self.sent[owner[each["number"]]] = self.sent.get(owner[each["number"]], 0) + each["yen"]

    @precondition(lambda self: self.runs("made"))
    @rule(number=PICK)
    def cancel(self, number):
        payment.cancel(self.session, self.reviewer, self.runs("made")[number % len(self.runs("made"))].id, "確かめ直し", NOW)

    @precondition(lambda self: self.of("paid"))
    @rule(number=PICK)
    def the_bank_returns_one(self, number):
        claim = self.pick(number, "paid")
        order = self.session.query(PaymentOrder).filter_by(claim_id=claim.id, state="ordered").one()
        report = take_in(self.session, self.reviewer, "funo.txt", refuse(self.files[order.number], {order.number: "02"}), self.day, NOW)
        assert report.accepted == 1
        self.back[claim.id] = self.back.get(claim.id, 0) + order.yen

    @precondition(lambda self: self.of("returned"))
    @rule(number=PICK, digits=st.integers(0, 9_999_999))
    def correct_the_account(self, number, digits):
        claim = self.pick(number, "returned")
        if claim.account_number == f"{digits:07}":
            return
        asked = corrections.ask(self.session, self.reviewer, "reimbursement_claim", claim.id, "account_number", f"{digits:07}", "通帳で確かめた", NOW)
        corrections.decide(self.session, self.manager, asked.id, True, NOW)

    @precondition(lambda self: self.of("returned"))
    @rule(number=PICK)
    def put_back_as_it_is(self, number):
        claim = self.pick(number, "returned")
        back = self.session.query(PaymentReturn).join(PaymentOrder, PaymentOrder.id == PaymentReturn.order_id).filter(
            PaymentOrder.claim_id == claim.id, PaymentReturn.requeued_at.is_(None)).one()
        put_back(self.session, self.manager, back.id, "銀行の誤り", NOW)

    @invariant()
    def money_is_conserved(self):
        live = [claim for claim in self.claims if claim.state != "withdrawn"]
        found, planned = totals(self.session), {claim.id: claim.planned_yen or 0 for claim in live}
        assert found.claimed == sum(claim.claimed_yen for claim in live)
        assert found.paid == sum(self.sent.values()) - sum(self.back.values())
        assert found.held == sum(claim.claimed_yen for claim in live if claim.state == "held")
        assert found.refused == sum(claim.claimed_yen - planned[claim.id] for claim in live
                                    if claim.state in ("granted", "paid", "returned", "refused"))
        assert found.open == (sum(claim.claimed_yen for claim in live if claim.state in OPEN)
                              + sum(planned[claim.id] for claim in live if claim.state in ("granted", "returned")))
        assert found.balances and ledger(self.session).is_balanced

    @invariant()
    def nobody_is_paid_twice(self):
        for claim in self.claims:
            out = self.sent.get(claim.id, 0) - self.back.get(claim.id, 0)
            assert out == (claim.planned_yen if claim.state == "paid" else 0)


def test_money_is_conserved_under_any_order_of_events(session, actors):
    person = claimer(session, actors)
    designate(session, *INSTITUTIONS)
    Office.session, Office.actors, Office.person = session, actors, person
    run_state_machine_as_test(Office, settings=settings(
        max_examples=5, stateful_step_count=35, suppress_health_check=list(HealthCheck)))
