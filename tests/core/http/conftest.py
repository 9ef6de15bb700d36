"""A server of faults for each test, another one beside it, and clients that are closed at the end."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faults import FaultServer

from fetchtozip_gui.core.http.client import Client, Patience
from fetchtozip_gui.core.work import Tools

OPEN = Callable[..., Client]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[FaultServer]:
    """A second origin."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def connect() -> Iterator[OPEN]:
    """Opens clients with the given options: no waiting between retries and no rate, unless the test says so."""
    with ExitStack() as stack:

        def make(**options: Any) -> Client:
            quick = Patience(retries=options.pop("retries", 1), first=0.001)
            options = {"tools": Tools(), "rate_limit": None, "patience": quick, "proxy": "", "timeout": 20} | options
            return stack.enter_context(Client(**options))

        yield make


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's context with a certificate for an address, signed by itself and kept as folder/cert.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    today = datetime.datetime.now(datetime.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(cert.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[FaultServer]:
    """A server under TLS, whose certificate stands in the test's folder as cert.pem."""
    with FaultServer(certificate(tmp_path, "127.0.0.1")) as running:
        yield running
