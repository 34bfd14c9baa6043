"""The certificate of the public address, over real TLS on loopback: what is wrong with it is said, and only then."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.config import read_config
from bot.doctor import public
from bot.doctor.finding import Finding, Verdict
from bot.doctor.setup import opened
from bot.version import IDENTITY, IDENTITY_HEADER
from providers import PROVIDERS
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock

HOST, DAY = "localhost", timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Whoever signs certificates, and whom the doctor trusts for the length of a test."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _certificate("Authority", key, "Authority", key, ends=10 * DAY, is_authority=True))

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.certificate.public_bytes(serialization.Encoding.PEM).decode())

    def server(self, folder: Path, *, name: str, ends: timedelta) -> ssl.SSLContext:
        """A certificate that is good for this name until so long from now."""
        key, file = ec.generate_private_key(ec.SECP256R1()), folder / f"{name}.pem"
        certificate = _certificate(name, key, "Authority", self.key, ends=ends)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: str,
    signer_key: ec.EllipticCurvePrivateKey,
    *,
    ends: timedelta,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(signer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 90 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key()), critical=False)
    )
    return made.sign(signer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@asynccontextmanager
async def a_site(context: ssl.SSLContext) -> AsyncIterator[str]:
    """What the product answers, by https."""

    async def ours(_: web.Request) -> web.Response:
        return web.Response(headers={IDENTITY_HEADER: IDENTITY})

    app = web.Application()
    app.router.add_get("/healthz", ours)
    server = TestServer(app, host=HOST)
    await server.start_server(ssl=context)
    try:
        yield f"https://{HOST}:{server.port}"
    finally:
        await server.close()


async def finding(url: str, trusted: ssl.SSLContext, folder: Path) -> Finding:
    env = {**environment(f"sqlite+aiosqlite:///{folder}/unused.db", 1), "DEXT_PUBLIC_URL": url}
    async with (
        opened(read_config(env, tuple(PROVIDERS)), FakeClock()) as setup,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session,
    ):
        return await public.reaches_us(replace(setup, session=session))


@pytest.mark.parametrize(
    ("name", "ends", "why"),
    [
        (HOST, -DAY, "certificate has expired"),
        ("elsewhere.example", DAY, "Hostname mismatch"),
    ],
)
async def test_a_certificate_that_slack_would_not_take_is_told_with_the_reason(
    tmp_path: Path, name: str, ends: timedelta, why: str
) -> None:
    authority = Authority.made()

    async with a_site(authority.server(tmp_path, name=name, ends=ends)) as url:
        found = await finding(url, authority.client(), tmp_path)

    assert (found.name, found.verdict) == (public.REACHES, Verdict.WRONG)
    assert f"the certificate of {url}/healthz is not valid ({why}" in found.words
    assert "Renew it" in str(found.remedy)


async def test_a_good_certificate_is_no_finding_and_one_that_nobody_known_signed_is(tmp_path: Path) -> None:
    authority = Authority.made()

    async with a_site(authority.server(tmp_path, name=HOST, ends=DAY)) as url:
        good = await finding(url, authority.client(), tmp_path)
        unknown = await finding(url, ssl.create_default_context(), tmp_path)

    assert good.verdict is Verdict.OK
    assert unknown.verdict is Verdict.WRONG
    assert "unable to get local issuer certificate" in unknown.words
