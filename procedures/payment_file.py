"""振込データ: the bytes of a run out of its rows, always the same; the file is a copy that can be made again."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.table_file import EnvelopeWrong
from exchange.zengin import Transfer, TransferFile, write
from models.payment import PaymentBatch, PaymentOrder
from procedures.consignor import stored_consignor
from procedures.refusal import Refused
from procedures.sealed_folder import SealedFolder


class BatchAltered(Refused):
    """The rows of a run no longer give the bytes that were decided."""

    message = "支払回の内容が、作成したときの記録と合いません。振込データは渡せません。システムの管理者に知らせてください。"


def written(consignor: Mapping[str, Any], orders: Sequence[PaymentOrder]) -> bytes:
    """振込データ of these orders; Refused by line and item where a record cannot hold one."""
    head, line_end = stored_consignor(consignor)
    try:
        return write(TransferFile(head, tuple(Transfer(
            each.number, each.bank, each.bank_kana, each.branch, each.branch_kana, each.account_kind, each.account_number,
            each.holder_kana, each.yen) for each in orders), line_end))
    except EnvelopeWrong as wrong:
        raise Refused(wrong.message) from wrong


def digest_of(content: bytes) -> str:
    """SHA-256, as a run stores it."""
    return hashlib.sha256(content).hexdigest()


def content_of(session: Session, batch: PaymentBatch) -> bytes:
    """支払回の振込データ; BatchAltered where it is not what was decided."""
    orders = session.scalars(select(PaymentOrder).where(PaymentOrder.batch_id == batch.id).order_by(PaymentOrder.position)).all()
    content = written(batch.consignor, orders)
    if digest_of(content) != batch.sha256:
        raise BatchAltered
    return content


def name_of(batch: PaymentBatch) -> str:
    """ファイル名: SOGO_20261210_0007.txt, with the transfer day and the number of the run."""
    return f"SOGO_{batch.transfer_date:%Y%m%d}_{batch.number:04}.txt"


def keep(session: Session, files: SealedFolder, batch: PaymentBatch) -> None:
    """控えを置く: the sealed copy of a released run lies in its place; the caller has committed."""
    files.write(name_of(batch), content_of(session, batch))


def keep_all(session: Session, files: SealedFolder) -> int:
    """控えをそろえる: every released run has its copy again, whatever happened between commit and file; return how many were made."""
    released = session.scalars(select(PaymentBatch).where(PaymentBatch.state.in_(("released", "sent"))))
    missing = [batch for batch in released if not files.path(name_of(batch)).exists()]
    for batch in missing:
        keep(session, files, batch)
    return len(missing)
