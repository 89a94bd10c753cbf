"""レセプトの置き場: where this installation keeps received files, and whose payer numbers are its own."""

from config import Settings
from procedures.city import city_of
from procedures.receipt_import import Place
from procedures.receipt_vault import ReceiptVault


def place_of(settings: Settings) -> Place:
    """The vault under the data folder, and the city's two payer numbers (一般, 生活保護)."""
    city = city_of(settings.city_file)
    return Place(ReceiptVault(settings.data_dir / "receipts", settings.keys()), (city.payer_general, city.payer_welfare))
