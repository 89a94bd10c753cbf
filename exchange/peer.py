"""相手を呼ぶ: a zeep client with our certificate, a time limit, and the same request id however often it is sent."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

import requests
import zeep
from zeep.exceptions import Fault, TransportError, ValidationError, XMLSyntaxError
from zeep.helpers import serialize_object
from zeep.transports import Transport

from exchange.neighbours import files_of
from exchange.soap import HEADER, Contract, Silent, SoapFault

__all__ = ["Peer", "Silent"]

SECONDS: Final = 15
logging.getLogger("zeep.transports").setLevel(logging.WARNING)  # it would write every message out, and they are about people


class Peer:
    """相手: one contract of one other system."""

    def __init__(self, contract: Contract, address: str, tls_dir: Path, own_name: str, seconds: float = SECONDS) -> None:
        self._contract = contract
        certificate, key, authority = files_of(tls_dir, own_name)
        session = requests.Session()
        session.cert, session.verify = (str(certificate), str(key)), str(authority)
        session.trust_env = False
        transport = Transport(session=session, timeout=seconds, operation_timeout=seconds)
        location = f"{address}/soap/{contract.name}"
        client = zeep.Client(BytesIO(contract.wsdl(location)), transport=transport,
                             settings=zeep.Settings(strict=True, xml_huge_tree=False, forbid_dtd=True))
        self._service = client.create_service(f"{{{contract.namespace}}}Binding", location)

    def call(self, operation: str, request_id: str, staff_id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values of the answer; SoapFault as the peer sent it, Silent where there was no usable answer."""
        header = {"要求ID": request_id, "職員ID": staff_id, "送信日時": datetime.now(UTC)}
        try:
            answer = self._service[operation](**{HEADER: header, **values})
        except Fault as broken:
            code = broken.detail.findtext("{*}code") or broken.detail.findtext("code") if broken.detail is not None else None
            raise SoapFault(code or "fault", str(broken.message), str(broken.code).rpartition(":")[2]) from broken
        except (requests.RequestException, TransportError, XMLSyntaxError, ValidationError) as silent:
            raise Silent(type(silent).__name__) from silent
        found, names = serialize_object(answer, dict), self._contract.answers(operation)
        if len(names) == 1:
            return {names[0]: found}  # zeep leaves out the wrapping of a single value
        return cast("Mapping[str, Any]", found or {})
