"""受給者一覧: everybody on the ledger; a row leads to the person's page."""

from flask_appbuilder.models.sqla.interface import SQLAInterface

from models.recipient import Recipient
from views.record_view import RecordView


class RecipientsView(RecordView):
    """受給者一覧."""

    route_base = "/recipients"
    class_permission_name = "Recipients"
    datamodel = SQLAInterface(Recipient)
    title = "受給者一覧"
    orders = (Recipient.kana_key, Recipient.valid_to, Recipient.birth_date, Recipient.recipient_number, Recipient.id)
    descending = False
    # Whether somebody holds a certificate, and until when, is what the counter is asked.
    usual = (Recipient.state, Recipient.recipient_number, Recipient.name, Recipient.name_kana, Recipient.birth_date,
             Recipient.valid_to, Recipient.copay_cap_yen, Recipient.tier, Recipient.disease_number, Recipient.counter,
             Recipient.sex, Recipient.address)

    def row_address(self, number: int, person: int | None) -> str:
        return f"/person/{number}"


VIEWS = (RecipientsView,)
