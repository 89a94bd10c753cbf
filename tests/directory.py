"""全庁ディレクトリの代わり: a real slapd on this machine with two people in it, as long as the test module lasts."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import certify
from tests.serving import beside, free_ports

BASE = "dc=city,dc=example"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "reads names only"
PEOPLE = {"clerk1": "directory sentence of clerk1", "outsider": "knows the directory only", "clerk2": "another sentence",
          "twice": "one of two"}
SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "slapd"
CONFIGURED = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCACertificateFile {authority}
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
disallow bind_anon
database mdb
suffix {base}
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact={reader} read by * none
"""


@contextmanager
def directory(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """Its plain port, its TLS port and the authority that vouches for it."""
    authority, certificate, key = certify(folder)
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(CONFIGURED.format(
        folder=folder, authority=authority, certificate=certificate, key=key, base=BASE, reader=READER))
    subprocess.run([SLAPD, "-Tadd", "-f", str(folder / "slapd.conf")], input=_entries(), text=True, check=True,
                   capture_output=True)
    plain, safe = free_ports(2)
    with beside([SLAPD, "-f", str(folder / "slapd.conf"), "-d", "0", "-h", f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{safe}"],
                plain, safe, stderr=subprocess.DEVNULL):
        yield plain, safe, authority


def _entries() -> str:
    people = [(f"uid={name},{BASE}", name, secret) for name, secret in PEOPLE.items()]
    people.append((f"cn=second,{BASE}", "twice", "two of two"))
    return (f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: city\no: city\n\n"
            f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
            f"userPassword: {READER_PASSWORD}\n\n" + "\n".join(
                f"dn: {place}\nobjectClass: inetOrgPerson\ncn: {name}\nsn: {name}\nuid: {name}\nuserPassword: {secret}\n"
                for place, name, secret in people))
