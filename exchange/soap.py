"""SOAP 1.1 document/literal: what a contract (XSD) allows, read from bytes and written to bytes; every fault has a code.

The contract comes first: a request element ``XRequest`` and a response element ``XResponse`` in the schema are the
operation ``X``. The WSDL is derived from that. Operation names are ASCII, because they travel in an HTTP header.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
CONTRACTS: Final = Path(__file__).parent / "contracts"
HEADER: Final = "共通ヘッダ"
MOST_BYTES: Final = 2 * 1024 * 1024


class SoapFault(Exception):
    """A fault of ours or of the caller: *side* is Client or Server, *code* a short word, the message without personal data."""

    def __init__(self, code: str, message: str, side: str = "Client") -> None:
        super().__init__(message)
        self.code, self.message, self.side = code, message, side


class Silent(Exception):
    """The peer did not answer, or not in words of the contract; the same request may be sent again."""


@dataclass(frozen=True)
class Call:
    """One request: its operation, the request id and the person or program that asks, and its values by element name."""

    operation: str
    request_id: str
    staff_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Contract:
    """A schema under exchange/contracts and what follows from it."""

    name: str
    label: str = field(compare=False, default="")

    @property
    def namespace(self) -> str:
        return f"urn:nanbyo:{self.name}:1"

    @cached_property
    def document(self) -> etree._Element:
        return etree.parse(str(CONTRACTS / f"{self.name}.xsd"), _parser()).getroot()

    @cached_property
    def schema(self) -> etree.XMLSchema:
        return etree.XMLSchema(self.document)

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """Every operation, in the order of the schema."""
        names = [str(each.get("name")) for each in self.document.findall(f"{{{XSD}}}element")]
        return tuple(name.removesuffix("Request") for name in names
                     if name.endswith("Request") and f"{name.removesuffix('Request')}Response" in names)

    def answers(self, operation: str) -> tuple[str, ...]:
        """The names of what the response of *operation* holds at its top."""
        (response,) = (each for each in self.document.findall(f"{{{XSD}}}element")
                       if each.get("name") == f"{operation}Response")
        return tuple(str(each.get("name")) for each in response.iter(f"{{{XSD}}}element") if each is not response)

    @cached_property
    def _types(self) -> Mapping[str, Mapping[str, tuple[str, bool]]]:
        """Type (or top element) → its children: name → (type, whether it may come more than once)."""
        return {str(each.get("name")): {
            str(child.get("name")): (str(child.get("type")).removeprefix("t:"), child.get("maxOccurs") == "unbounded")
            for child in each.iter(f"{{{XSD}}}element") if child is not each}
            for each in self.document if isinstance(each.tag, str)}

    def read(self, raw: bytes) -> Call:
        """Return the call in *raw*; SoapFault names what is wrong: size, doctype, xml, envelope, operation or schema."""
        body = self._body(raw)
        name = etree.QName(body).localname
        operation = name.removesuffix("Request")
        if etree.QName(body).namespace != self.namespace or operation not in self.operations or name == operation:
            raise SoapFault("operation", "この操作はありません。契約 (WSDL) を確かめてください。")
        self._demand(body)
        values = cast("dict[str, Any]", self._values(body))
        header = values.pop(HEADER)
        return Call(operation, header["要求ID"], header["職員ID"], values)

    def answer(self, operation: str, values: Mapping[str, Any]) -> bytes:
        """Return the response envelope; SoapFault(Server) where *values* break the contract."""
        element = self._element(f"{operation}Response", values)
        try:
            self._demand(element)
        except SoapFault as broken:
            raise SoapFault("answer", broken.message, "Server") from broken
        return _enveloped(element)

    def request(self, operation: str, header: Mapping[str, str], values: Mapping[str, Any]) -> bytes:
        """Return the request envelope; SoapFault where *values* break the contract."""
        element = self._element(f"{operation}Request", {HEADER: header, **values})
        self._demand(element)
        return _enveloped(element)

    def response(self, raw: bytes) -> Mapping[str, Any]:
        """Return the values of a response; the SoapFault that the other side sent is raised here."""
        body = self._body(raw)
        if etree.QName(body).namespace == ENVELOPE and etree.QName(body).localname == "Fault":
            side = (body.findtext("faultcode") or "Server").rpartition(":")[2]
            raise SoapFault(body.findtext("detail/{*}code") or "fault", body.findtext("faultstring") or "", side)
        self._demand(body)
        return cast("dict[str, Any]", self._values(body))

    def wsdl(self, address: str) -> bytes:
        """Return the WSDL 1.1 of this contract, its schema inside, served at *address*."""
        root = etree.Element(f"{{{WSDL}}}definitions", {"targetNamespace": self.namespace},
                             nsmap=cast("dict[str, str]", {None: WSDL, "soap": WSDL_SOAP, "t": self.namespace}))
        etree.SubElement(root, f"{{{WSDL}}}types").append(deepcopy(self.document))
        for operation in self.operations:
            for end in ("Request", "Response"):
                message = etree.SubElement(root, f"{{{WSDL}}}message", {"name": operation + end})
                etree.SubElement(message, f"{{{WSDL}}}part", {"name": "body", "element": f"t:{operation}{end}"})
        port_type = etree.SubElement(root, f"{{{WSDL}}}portType", {"name": "Port"})
        binding = etree.SubElement(root, f"{{{WSDL}}}binding", {"name": "Binding", "type": "t:Port"})
        etree.SubElement(binding, f"{{{WSDL_SOAP}}}binding", {
            "style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"})
        for operation in self.operations:
            _operation(port_type, binding, operation, self.namespace)
        service = etree.SubElement(root, f"{{{WSDL}}}service", {"name": self.name})
        port = etree.SubElement(service, f"{{{WSDL}}}port", {"name": "Port", "binding": "t:Binding"})
        etree.SubElement(port, f"{{{WSDL_SOAP}}}address", {"location": address})
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def _body(self, raw: bytes) -> etree._Element:
        if len(raw) > MOST_BYTES:
            raise SoapFault("size", "電文が大きすぎます。分けて送ってください。")
        if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
            raise SoapFault("doctype", "DOCTYPE を含む電文は受け付けません。")
        try:
            root = etree.fromstring(raw, _parser())
        except etree.XMLSyntaxError as broken:
            raise SoapFault("xml", "XML として読めません。") from broken
        body = root.find(f"{{{ENVELOPE}}}Body") if root.tag == f"{{{ENVELOPE}}}Envelope" else None
        inside = [each for each in body if isinstance(each.tag, str)] if body is not None else []
        if len(inside) != 1 or root.getroottree().docinfo.internalDTD is not None:
            raise SoapFault("envelope", "SOAP の封筒ではありません。Body に要素を一つだけ入れてください。")
        return inside[0]

    def _demand(self, element: etree._Element) -> None:
        """Raise SoapFault(schema) naming the element that is wrong; never what it holds."""
        document = etree.fromstring(etree.tostring(element, encoding="UTF-8"), _parser())
        if not self.schema.validate(document):
            path = next((str(entry.path) for entry in cast("Iterable[Any]", self.schema.error_log) if entry.path), "/*")
            raise SoapFault("schema", f"契約 (XSD) に合いません: {_name_at(document, path)}")

    def _element(self, name: str, values: Mapping[str, Any]) -> etree._Element:
        element = etree.Element(f"{{{self.namespace}}}{name}", nsmap=cast("dict[str, str]", {None: self.namespace}))
        self._fill(element, values, name)
        return element

    def _fill(self, parent: etree._Element, values: Mapping[str, Any], kind: str) -> None:
        """Children in the order of the contract, whatever order *values* have."""
        known = self._types.get(kind, {})
        places = {name: place for place, name in enumerate(known)}
        for name, value in sorted(values.items(), key=lambda pair: places.get(pair[0], len(places))):
            for each in value if isinstance(value, list | tuple) else (value,):
                if each is None:
                    continue
                child = etree.SubElement(parent, f"{{{self.namespace}}}{name}")
                if isinstance(each, Mapping):
                    self._fill(child, each, known.get(name, ("", False))[0])
                else:
                    child.text = {True: "true", False: "false"}[each] if isinstance(each, bool) else str(each)

    def _values(self, element: etree._Element, kind: str = "") -> dict[str, Any] | str:
        children = [each for each in element if isinstance(each.tag, str)]
        known = self._types.get(kind or etree.QName(element).localname, {})
        if not children and not known:
            return element.text or ""
        found: dict[str, Any] = {}
        for child in children:
            name = etree.QName(child).localname
            child_kind, is_repeated = known.get(name, ("", False))
            value = self._values(child, child_kind)
            if is_repeated:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found


def fault(broken: SoapFault) -> bytes:
    """Return the envelope of a fault; its code stands in ``detail/code``."""
    element = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"soap": ENVELOPE})
    etree.SubElement(element, "faultcode").text = f"soap:{broken.side}"
    etree.SubElement(element, "faultstring").text = broken.message
    etree.SubElement(etree.SubElement(element, "detail"), "code").text = broken.code
    return _enveloped(element)


def _enveloped(element: etree._Element) -> bytes:
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(root, f"{{{ENVELOPE}}}Body").append(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _operation(port_type: etree._Element, binding: etree._Element, operation: str, namespace: str) -> None:
    abstract = etree.SubElement(port_type, f"{{{WSDL}}}operation", {"name": operation})
    concrete = etree.SubElement(binding, f"{{{WSDL}}}operation", {"name": operation})
    etree.SubElement(concrete, f"{{{WSDL_SOAP}}}operation", {"soapAction": f"{namespace}/{operation}"})
    for side, end in (("input", "Request"), ("output", "Response")):
        etree.SubElement(abstract, f"{{{WSDL}}}{side}", {"message": f"t:{operation}{end}"})
        body = etree.SubElement(concrete, f"{{{WSDL}}}{side}")
        etree.SubElement(body, f"{{{WSDL_SOAP}}}body", {"use": "literal"})


def _name_at(document: etree._Element, path: str) -> str:
    """The local name of the element the schema complains about."""
    found = document.getroottree().xpath(path)
    element = found[0] if isinstance(found, list) and found else document
    return etree.QName(element).localname if isinstance(element, etree._Element) else path


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                           huge_tree=False, remove_comments=True, remove_pis=True)
