"""指の確認: WebAuthn in one room; whoever asks here cannot forget that the finger itself must have been read.

A key that may leave its reader (a synced passkey) is refused: it would be a second password. Where a city names its
readers, the maker's certificate must prove the model; WebAuthn alone does not tell a finger from a PIN.
"""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_attestation_object
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

PATIENCE_MS: Final = 60_000  # how long the browser waits for the finger
_MODEL_OF_A_CERTIFICATE: Final = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")  # id-fido-gen-ce-aaguid
# An answer comes from a browser: whatever its shape, it is read or refused.
_UNREADABLE: Final = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError)


class FingerRefused(ValueError):
    """An answer that proves nothing; *why* is a word for the journal: malformed, model, synced."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Reader:
    """読取装置の機種: its AAGUID, its name for people, and the certificates of its maker (PEM)."""

    model: str
    name: str
    roots: tuple[bytes, ...]


@dataclass(frozen=True)
class Site:
    """この窓口: the address at which people log in, and the models of readers the city accepts (none named: any)."""

    origin: str
    readers: tuple[Reader, ...] = ()

    @property
    def name(self) -> str:
        """The host, which is what a key belongs to."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True)
class NewKey:
    """登録された鍵: what is kept of a key that was made for this site."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    model: str
    is_attested: bool


def creation_options(site: Site, challenge: bytes, user_id: int, username: str, full_name: str,
                     known: list[bytes]) -> dict[str, Any]:
    """登録の問い: what a browser hands to a reader that shall make a key; readers that hold one already refuse."""
    options = generate_registration_options(
        rp_id=site.name, rp_name="nanbyo", user_id=str(user_id).encode(), user_name=username, user_display_name=full_name,
        challenge=challenge, timeout=PATIENCE_MS, exclude_credentials=_described(known),
        attestation=AttestationConveyancePreference.DIRECT if site.readers else AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED))
    return _as_dict(options_to_json(options))


def request_options(site: Site, challenge: bytes, known: list[bytes]) -> dict[str, Any]:
    """確認の問い: what a browser hands to a reader that shall prove the finger of whoever owns one of *known*."""
    options = generate_authentication_options(
        rp_id=site.name, challenge=challenge, timeout=PATIENCE_MS, allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED)
    return _as_dict(options_to_json(options))


def read_new_key(site: Site, answer: dict[str, Any], challenge: bytes) -> NewKey:
    """登録の答えを読む: the key, made here and now under a finger, in one device, of a model that the city accepts.

    FingerRefused says why not.
    """
    try:
        found = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.name, expected_origin=site.origin,
            require_user_verification=True,
            pem_root_certs_bytes_by_fmt={AttestationFormat.PACKED: _roots(site, answer)} if site.readers else None)
    except FingerRefused:
        raise
    except _UNREADABLE as wrong:
        raise FingerRefused("malformed") from wrong
    if found.credential_backed_up or found.credential_device_type is not CredentialDeviceType.SINGLE_DEVICE:
        raise FingerRefused("synced")
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count, found.aaguid, bool(site.readers))


def read_proof(site: Site, answer: dict[str, Any], challenge: bytes, public_key: bytes) -> int:
    """確認の答えを読む: the counter of a key that signed this challenge here, under a finger; FingerRefused otherwise.

    Whoever keeps the key compares the counter with the last one: only a copy of a key counts backwards.
    """
    try:
        found = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.name, expected_origin=site.origin,
            credential_public_key=public_key, credential_current_sign_count=0, require_user_verification=True)
    except _UNREADABLE as wrong:
        raise FingerRefused("malformed") from wrong
    if found.credential_backed_up or found.credential_device_type is not CredentialDeviceType.SINGLE_DEVICE:
        raise FingerRefused("synced")
    return found.new_sign_count


def credential_of(answer: dict[str, Any]) -> bytes:
    """鍵の識別子: which key an answer says it is of; FingerRefused where it says none."""
    try:
        return base64url_to_bytes(answer["rawId"])
    except _UNREADABLE as wrong:
        raise FingerRefused("malformed") from wrong


def _roots(site: Site, answer: dict[str, Any]) -> list[bytes]:
    """The certificates that may stand behind the model this answer names; a model nobody can vouch for is refused."""
    made = parse_attestation_object(base64url_to_bytes(answer["response"]["attestationObject"]))
    data, chain = made.auth_data.attested_credential_data, made.att_stmt.x5c
    reader = next((each for each in site.readers if data and each.model == _dashed(data.aaguid)), None)
    # Without a certificate the model is only what the reader says of itself.
    if data is None or reader is None or made.fmt != AttestationFormat.PACKED or not chain or not reader.roots:
        raise FingerRefused("model")
    certificate = x509.load_der_x509_certificate(chain[0])
    try:
        named = certificate.extensions.get_extension_for_oid(_MODEL_OF_A_CERTIFICATE).value.public_bytes()
    except x509.ExtensionNotFound:
        return list(reader.roots)
    if named[-16:] != data.aaguid:
        raise FingerRefused("model")
    return list(reader.roots)


def _dashed(aaguid: bytes) -> str:
    text = aaguid.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _described(known: list[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in known]


def _as_dict(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    return made
