"""FTPSの置き場: the folders a bank reaches, as the city's operating system would serve them, never without TLS.

``python ftps_drop.py FOLDER KEYS PASSWORD`` makes the certificate of this run, serves FOLDER and prints the port.
"""

import datetime
import ipaddress
import logging
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer


def certificate(keys: Path) -> Path:
    """A certificate for this machine's loopback, good for a day."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "drop")])
    today = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(today - datetime.timedelta(hours=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256()))
    (keys / "server.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    whole = keys / "server-with-key.pem"
    whole.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                      + made.public_bytes(serialization.Encoding.PEM))
    return whole


def serve(folder: Path, keys: Path, password: str) -> None:
    """Until the process is stopped: the bank may fetch and clear ``to_bank`` and leave files in ``from_bank``."""
    logging.disable(logging.CRITICAL)
    users = DummyAuthorizer()
    users.add_user("bank", password, str(folder), perm="el")
    users.override_perm("bank", str(folder / "to_bank"), "elrd")
    users.override_perm("bank", str(folder / "from_bank"), "elwf")

    class Drop(TLS_FTPHandler):
        """One handler a server: TLS for commands and for data."""

        certfile = str(certificate(keys))
        authorizer = users
        tls_control_required = tls_data_required = True

    server = FTPServer(("127.0.0.1", 0), Drop)
    print(server.address[1], flush=True)  # noqa: T201  # a process of its own answers on its output
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
