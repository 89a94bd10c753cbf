"""契約: every neighbouring system has its name, its port and its certificate in one place."""

import ssl

from cryptography import x509

from systems.frame.settings import NAMES, PORTS
from systems.frame.tls import files_of, make_missing


def test_every_system_has_a_port_of_its_own():
    assert set(PORTS) == set(NAMES) and len(set(PORTS.values())) == len(NAMES)


def test_a_trial_makes_each_certificate_once_and_signs_it_with_its_own_authority(tmp_path):
    make_missing(tmp_path, NAMES)
    made = {name: files_of(tmp_path, name)[0].read_bytes() for name in NAMES}
    make_missing(tmp_path, (*NAMES, "core"))
    assert {name: files_of(tmp_path, name)[0].read_bytes() for name in NAMES} == made
    certificate, key, authority = files_of(tmp_path, "core")
    context = ssl.create_default_context(cafile=str(authority))
    context.load_cert_chain(certificate, key)
    assert x509.load_pem_x509_certificate(certificate.read_bytes()).issuer == x509.load_pem_x509_certificate(
        authority.read_bytes()).subject
    assert key.stat().st_mode & 0o077 == 0
