"""連携基盤の窓: a browser of one member of staff, and a system that speaks to it with a certificate."""

import re

from systems.frame.server import Caller
from systems.frame.staff import DEMO_PASSWORD

HERE = "https://localhost"


def caller():
    return Caller("core", "core", "request-1")


def soap(app, contract, operation, values, request_id="request-0001"):
    """Ask as the core does; the values of the answer, or its SoapFault."""
    raw = contract.request(operation, {"要求ID": request_id, "職員ID": "core", "送信日時": "2026-11-24T09:00:00+09:00"}, values)
    with app.test_client() as client:
        answer = client.post(f"/soap/{contract.name}", data=raw, base_url=HERE, environ_overrides={"gunicorn.socket": Certificate()})
    return contract.response(answer.data)


class Certificate:
    """The connection of a system that showed the certificate of the core."""

    def getpeercert(self):
        return {"subject": ((("commonName", "core"),),)}


class Browser:
    """One person's browser, logged in."""

    def __init__(self, app, username, password=DEMO_PASSWORD):
        self.client = app.test_client()
        self.client.post("/login", data={"username": username, "password": password}, base_url=HERE)

    def get(self, path, *, follow=True):
        return self.client.get(path, base_url=HERE, follow_redirects=follow)

    def post(self, path, *, follow=True, **form):
        key = re.search('name="csrf" value="([0-9a-f]+)"', self.get("/").get_data(as_text=True)).group(1)
        return self.client.post(path, data={"csrf": key, **form}, base_url=HERE, follow_redirects=follow)
