"""記録の一覧: the other recorded tables, each opened by a right of its own."""

from flask_appbuilder.models.sqla.interface import SQLAInterface

from models.addressee import Addressee
from models.benefit import Benefit
from models.certification import Certification
from models.household import HouseholdMember
from models.income import Assessment
from models.insurance import Insurance
from models.reimbursement import ReimbursementClaim
from models.review import Review
from views.record_view import RecordView


class InsuranceRecords(RecordView):
    """医療保険の記録."""

    route_base = "/records/insurance"
    class_permission_name = "InsuranceRecords"
    datamodel = SQLAInterface(Insurance)
    title = "医療保険"


class AssessmentRecords(RecordView):
    """所得判定の記録."""

    route_base = "/records/assessments"
    class_permission_name = "AssessmentRecords"
    datamodel = SQLAInterface(Assessment)
    title = "所得判定の記録"


class HouseholdRecords(RecordView):
    """支給認定基準世帯員の記録."""

    route_base = "/records/household"
    class_permission_name = "HouseholdRecords"
    datamodel = SQLAInterface(HouseholdMember)
    title = "世帯員"


class ReviewRecords(RecordView):
    """審査の記録."""

    route_base = "/records/reviews"
    class_permission_name = "ReviewRecords"
    datamodel = SQLAInterface(Review)
    title = "審査の記録"


class CertificationRecords(RecordView):
    """支給認定の記録."""

    route_base = "/records/certifications"
    class_permission_name = "CertificationRecords"
    datamodel = SQLAInterface(Certification)
    title = "支給認定の記録"
    orders = (Certification.id, Certification.valid_to)


class BenefitRecords(RecordView):
    """給付の記録."""

    route_base = "/records/benefits"
    class_permission_name = "BenefitRecords"
    datamodel = SQLAInterface(Benefit)
    title = "給付"
    orders = (Benefit.id, Benefit.treatment_month)

    def row_address(self, number: int, person: int | None) -> str:
        """A receipt is shown with where its values came from."""
        return f"/benefits/{person}/{number}"


class ReimbursementRecords(RecordView):
    """償還払の記録; bank accounts are in no list."""

    route_base = "/records/reimbursements"
    class_permission_name = "ReimbursementRecords"
    datamodel = SQLAInterface(ReimbursementClaim)
    title = "償還払"


class AddresseeRecords(RecordView):
    """宛名の記録."""

    route_base = "/records/addressees"
    class_permission_name = "AddresseeRecords"
    datamodel = SQLAInterface(Addressee)
    title = "宛名"


VIEWS = (InsuranceRecords, AssessmentRecords, HouseholdRecords, ReviewRecords, CertificationRecords, BenefitRecords,
         ReimbursementRecords, AddresseeRecords)
