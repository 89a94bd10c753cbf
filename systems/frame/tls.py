"""証明書: a trial makes its own authority and a certificate for each system; a city puts its own files in the same places."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange.neighbours import AUTHORITY, files_of

__all__ = ["files_of", "make_missing"]

LASTS: Final = timedelta(days=825)
Key = ec.EllipticCurvePrivateKey


def make_missing(folder: Path, names: tuple[str, ...]) -> None:
    """Every name has a certificate of the trial's own authority; what is there already stays. One process at a time."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / f"{AUTHORITY}.pem").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder, AUTHORITY, key, _signed(AUTHORITY, key, AUTHORITY, key, is_authority=True))
    authority_key = serialization.load_pem_private_key((folder / f"{AUTHORITY}.key").read_bytes(), None)
    if not isinstance(authority_key, Key):
        raise TypeError("the authority's key is not of the kind this trial makes")
    for name in names:
        if not (folder / f"{name}.pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write(folder, name, key, _signed(name, key, AUTHORITY, authority_key, is_authority=False))


def _signed(name: str, key: Key, issuer: str, issuer_key: Key, *, is_authority: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (x509.CertificateBuilder().subject_name(_named(name)).issuer_name(_named(issuer))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + LASTS)
               .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
               .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=is_authority, crl_sign=is_authority,
                                            content_commitment=False, key_encipherment=False, data_encipherment=False,
                                            key_agreement=False, encipher_only=False, decipher_only=False), critical=True))
    if not is_authority:
        builder = (builder.add_extension(x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                           critical=False))
    return builder.sign(issuer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "nanbyo trial"),
                      x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _write(folder: Path, name: str, key: Key, certificate: x509.Certificate) -> None:
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption())
    handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    unfinished = folder / f"{name}.pem.tmp"
    unfinished.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    unfinished.rename(folder / f"{name}.pem")
