"""読取装置の代わり: an authenticator in software, which can also be told to cheat in every way the office must refuse."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, BACKUP_POSSIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
MODEL = bytes.fromhex("00112233445566778899aabbccddeeff")
MODEL_NAME = "00112233-4455-6677-8899-aabbccddeeff"


@dataclass
class Cheat:
    """いかさま: what differs from an honest answer."""

    flags_off: int = 0
    flags_on: int = 0
    origin: str | None = None
    challenge: str | None = None
    kind: str | None = None
    count: int | None = None


@dataclass
class SoftAuthenticator:
    """One reader with one key; *chain* signs for its model where it is given (maker's key, certificates)."""

    origin: str
    chain: tuple[ec.EllipticCurvePrivateKey, list[bytes]] | None = None
    model: bytes = MODEL
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: os.urandom(32))

    def create(self, options: dict[str, Any], cheat: Cheat | None = None) -> dict[str, Any]:
        """What a browser's ``navigator.credentials.create()`` brings back."""
        cheat = cheat or Cheat()
        client = self._client("webauthn.create", options["challenge"], cheat)
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        data = self._data(options["rp"]["id"], ATTESTED, cheat) + self.model + len(self.credential).to_bytes(2) + self.credential + public
        made: dict[str, Any] = {"fmt": "none", "attStmt": {}, "authData": data}
        if self.chain:
            signature = self.chain[0].sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
            made |= {"fmt": "packed", "attStmt": {"alg": -7, "sig": signature, "x5c": self.chain[1]}}
        return self._answer({"clientDataJSON": bytes_to_base64url(client),
                             "attestationObject": bytes_to_base64url(cbor2.dumps(made))})

    def get(self, options: dict[str, Any], cheat: Cheat | None = None) -> dict[str, Any]:
        """What a browser's ``navigator.credentials.get()`` brings back."""
        cheat = cheat or Cheat()
        self.count += 1
        client = self._client("webauthn.get", options["challenge"], cheat)
        data = self._data(options["rpId"], 0, cheat)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": bytes_to_base64url(client), "authenticatorData": bytes_to_base64url(data),
                             "signature": bytes_to_base64url(signature)})

    def _data(self, site: str, more: int, cheat: Cheat) -> bytes:
        flags = ((PRESENT | VERIFIED | more) & ~cheat.flags_off) | cheat.flags_on
        count = self.count if cheat.count is None else cheat.count
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + count.to_bytes(4)

    def _client(self, kind: str, challenge: str, cheat: Cheat) -> bytes:
        return json.dumps({"type": cheat.kind or kind, "challenge": cheat.challenge or challenge,
                           "origin": cheat.origin or self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def maker(model: bytes = MODEL, says_model: bool = True) -> tuple[bytes, tuple[ec.EllipticCurvePrivateKey, list[bytes]]]:
    """製造元: its root certificate (PEM), and the key and certificate that it puts into its readers."""
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = f"root {os.urandom(4).hex()}"
    root = _certificate(name, root_key, name, root_key, True)
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4"), b"\x04\x10" + model)
    leaf = _certificate("reader", leaf_key, name, root_key, False, extension if says_model else None)
    return root.public_bytes(serialization.Encoding.PEM), (leaf_key, [leaf.public_bytes(serialization.Encoding.DER)])


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, by: str, signer: ec.EllipticCurvePrivateKey, is_root: bool,
                 more: x509.UnrecognizedExtension | None = None) -> x509.Certificate:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(_named(name)).issuer_name(_named(by)).public_key(key.public_key()).serial_number(
        x509.random_serial_number()).not_valid_before(first).not_valid_after(first + timedelta(days=36_500)).add_extension(
        x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    if more:
        made = made.add_extension(more, critical=False)
    return made.sign(signer, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Maker"),
                      x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Authenticator Attestation"),
                      x509.NameAttribute(NameOID.COMMON_NAME, name)])
