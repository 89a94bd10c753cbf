"""測定用の給付: ten years of receipts, as many as asked for, of a trial's people; one person has some in every month."""

from datetime import date
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.installation import Installation
from procedures.accumulation import recompute
from seeds import load_all
from seeds.codes import load_demo_masters
from seeds.conversion import convert
from seeds.residents import residents
from seeds.users import load_demo_users

YEARS: Final = 10
A_PERSON: Final = 150  # receipts in ten years
FEWEST_PEOPLE: Final = 200
_WHO: Final = text("""
CREATE TEMP TABLE who AS SELECT id, payer_number, recipient_number, copay_cap_yen AS cap, row_number() OVER (ORDER BY id) - 1 AS at
  FROM recipient WHERE state = 'certified' AND copay_cap_yen IS NOT NULL;
CREATE TEMP TABLE place AS SELECT number, row_number() OVER (ORDER BY number) - 1 AS at FROM facility;
ANALYZE who; ANALYZE place""")
# Months come one after the other, as they are billed; who, where and how much is drawn from the row's number.
_FILL: Final = text("""
INSERT INTO benefit (recipient_id, billing_month, treatment_month, setting, benefit_kind, days, points, total_yen, insurer_yen,
   public_yen, copay_yen, payer_class, facility_number, receipt_kind, receipt_count, payer_number, recipient_number, tenths)
SELECT who.id, to_char(month + interval '1 month', 'YYYY-MM'), to_char(month, 'YYYY-MM'), (ARRAY['1', '2', '2', '5'])[drawn.at % 4 + 1], '1',
   points % 20 + 1, points, points * 10, points * 7, points * 3 - least(points * 2, cap), least(points * 2, cap), '1', place.number,
   '1', 1, who.payer_number, who.recipient_number, 3
FROM (SELECT n, abs(hashint8(n + :rows)) AS at, abs(hashint8(n)) % 4000 + 300 AS points,
             CAST(:first AS date) + (n * :months / :rows) * interval '1 month' AS month,
             CASE WHEN n % (:rows / :months) < 3 THEN 0 ELSE abs(hashint8(n)) % (SELECT count(*) FROM who) END AS whose,
             abs(hashint8(n - :rows)) % (SELECT count(*) FROM place) AS wherein FROM generate_series(0, :rows - 1) AS n) AS drawn
JOIN who ON who.at = whose JOIN place ON place.at = wherein ORDER BY n""")


def fill(engine: Engine, rows: int, on: date) -> int:
    """Put people, demo accounts and *rows* receipts of the ten years before *on* into an empty database; return who has ten years."""
    with Session(engine) as session:
        session.add(Installation(id=1, is_demo=True))
        load_all(session)
        load_demo_masters(session)
        load_demo_users(session)
        convert(session, residents(max(rows // A_PERSON, FEWEST_PEOPLE), 1, on), "bench")
        session.commit()
        session.execute(_WHO)
        session.execute(_FILL, {"rows": rows, "months": YEARS * 12, "first": date(on.year - YEARS, on.month, 1)})
        recompute(session)
        session.commit()
        person = int(session.execute(text(
            "SELECT recipient_id FROM benefit_month GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")).scalar_one())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return person
