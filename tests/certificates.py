"""証明書: an authority of the tests' own and a certificate for this machine, as files."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certify(folder: Path) -> tuple[Path, Path, Path]:
    """Authority, certificate and key, as PEM files in *folder*."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    authority = _signed("tests", keys[0], "tests", keys[0], True)
    mine = _signed("localhost", keys[1], "tests", keys[0], False)
    files = (folder / "authority.pem", folder / "server.pem", folder / "server.key")
    for path, certificate in zip(files, (authority, mine), strict=False):
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[2].write_bytes(keys[1].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
    return files


def _signed(name: str, key: ec.EllipticCurvePrivateKey, by: str, signer: ec.EllipticCurvePrivateKey, is_ca: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, by)]
    return x509.CertificateBuilder().subject_name(named[0]).issuer_name(named[1]).public_key(key.public_key()).serial_number(
        x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9)).add_extension(
        x509.BasicConstraints(ca=is_ca, path_length=None), critical=True).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False).sign(
        signer, hashes.SHA256())
