"""様式一覧: every sheet a new installation starts with, in the order the counter offers them."""

from forms.change_application import CHANGE_APPLICATION
from forms.change_notice import CHANGE_NOTICE
from forms.loss import LOSS
from forms.mild_high_cost import MILD_HIGH_COST
from forms.new_application import NEW_APPLICATION
from forms.number_report import NUMBER_REPORT
from forms.registration_certificate import REGISTRATION_CERTIFICATE
from forms.reimbursement import REIMBURSEMENT
from forms.reissue import REISSUE
from forms.renewal import RENEWAL
from forms.transfer_in import TRANSFER_IN

SHEETS = (NEW_APPLICATION, RENEWAL, CHANGE_APPLICATION, CHANGE_NOTICE, TRANSFER_IN, REISSUE, LOSS, REIMBURSEMENT,
          MILD_HIGH_COST, REGISTRATION_CERTIFICATE, NUMBER_REPORT)
