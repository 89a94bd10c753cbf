"""What is recorded: one room an office record; importing the package makes every table known."""

from models import items  # noqa: F401, I001  # names the constraints: before any table, FAB's included
from flask_appbuilder.security.sqla import models as security  # noqa: F401  # users and roles share our metadata

from models import (  # noqa: F401  # each import declares its tables
    addressee,
    application,
    benefit,
    board,
    certification,
    codes,
    disease,
    facility,
    history,
    household,
    income,
    inquiry,
    installation,
    insurance,
    job,
    journal,
    letter,
    listing,
    login,
    number_report,
    off_register,
    parameter,
    person,
    recipient,
    register,
    reimbursement,
    renewal,
    review,
    sheet,
    work_item,
)
