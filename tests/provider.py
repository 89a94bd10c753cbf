"""全庁の共通認証の代わり: a real OpenID Connect provider process on this machine, with three people it knows."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener, urlopen

from procedures.provider import Provider
from tests.serving import beside, free_ports

PEOPLE = ({"sub": "s-1", "preferred_username": "clerk1"}, {"sub": "s-2", "preferred_username": "outsider"},
          {"sub": "s-3", "preferred_username": "clerk1"})


@contextmanager
def provider(returns_to: str) -> Iterator[Provider]:
    """The city's side of it: we are registered there as a client that comes back to *returns_to*."""
    port, = free_ports()
    words = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    with beside([sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "-r", "-n", *words], port,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        issuer = f"http://localhost:{port}"
        asked = Request(f"{issuer}/oauth2/clients", json.dumps({"redirect_uris": [returns_to]}).encode(),
                        {"Content-Type": "application/json"})
        with urlopen(asked) as answer:
            client = json.load(answer)
        yield Provider(issuer, client["client_id"], client["client_secret"], returns_to)


class _Stay(HTTPErrorProcessor):
    def http_response(self, request, response):
        return response


def say_yes(place: str, subject: str) -> tuple[str, str]:
    """The person logs in at the provider; state and code as the browser brings them back."""
    with build_opener(_Stay).open(place, urlencode({"sub": subject}).encode()) as answer:
        brought = parse_qs(urlsplit(answer.headers["Location"]).query)
    return brought["state"][0], brought["code"][0]
