"""The transport against a real server on loopback: caps, deadlines, redirects, cookies, certificates."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import logging
import ssl
import zlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import HttpAnswer, LostAnswer, Media, NotSentError
from core.bitrix24.transport import MOST_BYTES, Transport
from core.origins import PortalRule
from tests.core.bitrix24.server import Server, http, serving

OK = http(b'{"result": true}')


def reaching(server: Server, tls: ssl.SSLContext, *, scheme: str = "http", deadline: float = 10) -> Transport:
    rule = PortalRule.parse(f"{scheme}://127.0.0.1:{server.port}")
    return Transport([rule], allow_private=True, tls=tls, deadline=deadline)


async def ask(transport: Transport, server: Server, *, path: str = "rest/profile", read_for: float = 5) -> HttpAnswer:
    return await transport.post(f"http://127.0.0.1:{server.port}/{path}", b"{}", read_for=read_for)


async def test_a_post_is_sent_and_answered(tls: ssl.SSLContext) -> None:
    refusal = http(b'{"result": 1}', status=400, headers=b"Retry-After: 7\r\n")
    async with serving(refusal) as server, reaching(server, tls) as transport:
        url = f"http://127.0.0.1:{server.port}/oauth/token/"
        answer = await transport.post(url, b"a=b", media=Media.FORM, read_for=5)
    assert answer == HttpAnswer(400, b'{"result": 1}', 7.0)
    assert server.bodies == [b"a=b"]
    head = server.heads[0].lower()
    assert head.startswith(b"post /oauth/token/ http/1.1\r\n")
    assert b"content-type: application/x-www-form-urlencoded\r\n" in head
    assert b"accept-encoding: identity\r\n" in head


@pytest.mark.parametrize("header", [b"soon", b"-1", b"1.5", "٧".encode(), b"99999999", b""])
async def test_a_strange_retry_after_is_no_number(tls: ssl.SSLContext, header: bytes) -> None:
    strange = http(b"{}", headers=b"Retry-After: %s\r\n" % header)
    async with serving(strange) as server, reaching(server, tls) as transport:
        assert (await ask(transport, server)).retry_after is None


async def test_a_redirect_is_given_back_and_not_followed(tls: ssl.SSLContext) -> None:
    moved = http(b"", status=302, headers=b"Location: http://169.254.169.254/latest\r\n")
    async with serving(moved) as server, reaching(server, tls) as transport:
        assert (await ask(transport, server)).status == 302
    assert len(server.heads) == 1


async def test_cookies_are_not_kept(tls: ssl.SSLContext) -> None:
    first = http(b"{}", headers=b"Set-Cookie: PHPSESSID=1; path=/\r\n")
    async with serving(first, OK) as server, reaching(server, tls) as transport:
        await ask(transport, server)
        await ask(transport, server)
    assert b"cookie" not in server.heads[1].lower()
    assert server.connections == 1


async def test_the_environment_has_no_say(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent.pem")
    async with serving(OK) as server, reaching(server, tls) as transport:
        assert (await ask(transport, server)).status == 200
    async with Transport():
        pass


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example/rest/profile",
        "https://portal.example:8443/rest/profile",
        "ftp://portal.example/",
        "https://user:password@portal.example/",
        "https:///rest",
        "/rest/profile",
        "",
        "https://portal.example:99999/",
        "https://por tal.example/",
        "http://127.0.0.1:1/",
    ],
)
async def test_an_origin_that_nobody_named_is_not_called(tls: ssl.SSLContext, url: str) -> None:
    async with Transport(allow_private=True, tls=tls) as transport:
        with pytest.raises(NotSentError) as caught:
            await transport.post(url, b"{}", read_for=1)
    assert caught.value.sign is Sign.ADDRESS_FORBIDDEN


async def test_a_named_origin_on_a_private_network_needs_its_setting(tls: ssl.SSLContext) -> None:
    async with serving(OK) as server:
        rule = PortalRule.parse(f"http://127.0.0.1:{server.port}")
        async with Transport([rule], tls=tls) as transport:
            with pytest.raises(NotSentError) as caught:
                await ask(transport, server)
    assert caught.value.sign is Sign.ADDRESS_FORBIDDEN
    assert server.connections == 0


async def test_the_name_is_resolved_by_the_guard(tls: ssl.SSLContext) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["169.254.169.254"] if host == "portal.example" else []

    async with Transport(tls=tls, resolver=resolver) as transport:
        for host, sign in [("portal.example", Sign.ADDRESS_FORBIDDEN), ("none.example", Sign.NO_ADDRESS)]:
            with pytest.raises(NotSentError) as caught:
                await transport.post(f"https://{host}/rest/profile", b"{}", read_for=1)
            assert caught.value.sign is sign


async def test_a_closed_port_is_a_refused_connection(tls: ssl.SSLContext) -> None:
    async with serving(OK) as server:
        pass
    async with reaching(server, tls) as transport:
        with pytest.raises(NotSentError) as caught:
            await ask(transport, server)
    assert caught.value.sign is Sign.CONNECT_FAILED


async def test_an_answer_of_the_largest_size_is_read(tls: ssl.SSLContext) -> None:
    async with serving(http(b"x" * MOST_BYTES)) as server, reaching(server, tls) as transport:
        assert len((await ask(transport, server)).body) == MOST_BYTES


async def test_a_larger_one_is_not(tls: ssl.SSLContext) -> None:
    async with serving(http(b"x" * (MOST_BYTES + 1))) as server, reaching(server, tls) as transport:
        with pytest.raises(LostAnswer) as caught:
            await ask(transport, server)
    assert caught.value.sign is Sign.TOO_LARGE


@pytest.mark.parametrize(
    ("packed", "name"), [(gzip.compress(b"{}", mtime=0), b"gzip"), (zlib.compress(b"{}"), b"deflate")]
)
async def test_a_compressed_answer_is_unpacked_though_not_asked_for(
    tls: ssl.SSLContext, packed: bytes, name: bytes
) -> None:
    compressed = http(packed, headers=b"Content-Encoding: %s\r\n" % name)
    async with serving(compressed) as server, reaching(server, tls) as transport:
        assert (await ask(transport, server)).body == b"{}"


@pytest.mark.parametrize(
    ("body", "name", "sign"),
    [
        (gzip.compress(b"\0" * 10_000_000, mtime=0), b"gzip", Sign.TOO_LARGE),
        (gzip.compress(b'{"result": true}', mtime=0)[:-9], b"gzip", Sign.UNREADABLE_ENCODING),
        (b"not gzip", b"gzip", Sign.UNREADABLE_ENCODING),
        (b"{}", b"br", Sign.UNREADABLE_ENCODING),
        (b"{}", b"gzip, gzip", Sign.UNREADABLE_ENCODING),
    ],
)
async def test_a_bomb_or_a_riddle_is_no_answer(tls: ssl.SSLContext, body: bytes, name: bytes, sign: Sign) -> None:
    compressed = http(body, headers=b"Content-Encoding: %s\r\n" % name)
    async with serving(compressed) as server, reaching(server, tls) as transport:
        with pytest.raises(LostAnswer) as caught:
            await ask(transport, server)
    assert caught.value.sign is sign


async def test_silence_ends_after_the_time_to_read(tls: ssl.SSLContext) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(then=silent) as server, reaching(server, tls) as transport:
        with pytest.raises(LostAnswer) as caught:
            await ask(transport, server, read_for=0.05)
    assert caught.value.sign is Sign.READ_TIMEOUT


async def test_a_trickle_ends_at_the_deadline(tls: ssl.SSLContext) -> None:
    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\n.\r\n")
            await writer.drain()
            await asyncio.sleep(0.005)

    async with serving(then=trickle) as server, reaching(server, tls, deadline=0.1) as transport:
        with pytest.raises(LostAnswer) as caught:
            await ask(transport, server)
    assert caught.value.sign is Sign.DEADLINE


@pytest.mark.parametrize(
    ("words", "signs"),
    [
        (b"", {Sign.PROTOCOL_BROKEN, Sign.CONNECTION_LOST}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", {Sign.PROTOCOL_BROKEN, Sign.CONNECTION_LOST}),
        (b"SSH-2.0-OpenSSH\r\n\r\n", {Sign.PROTOCOL_BROKEN}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {Sign.PROTOCOL_BROKEN}),
    ],
)
async def test_an_answer_that_breaks_off_leaves_doubt(tls: ssl.SSLContext, words: bytes, signs: set[Sign]) -> None:
    async def breaks_off(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)

    async with serving(then=breaks_off) as server, reaching(server, tls) as transport:
        with pytest.raises(LostAnswer) as caught:
            await ask(transport, server)
    assert caught.value.sign in signs


async def test_the_libraries_below_stay_silent(tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(OK) as server, reaching(server, tls) as transport:
        await ask(transport, server)
    assert "127.0.0.1" not in "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")


def certificate(folder: Path, *, host: str, days: int) -> ssl.SSLContext:
    """A server's context with a certificate signed by itself, and the same file for who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=100))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("host", "days", "is_trusted", "sign"),
    [
        ("box.example", 10, True, None),
        ("box.example", 10, False, Sign.CERTIFICATE_UNTRUSTED),
        ("box.example", -1, True, Sign.CERTIFICATE_EXPIRED),
        ("other.example", 10, True, Sign.CERTIFICATE_OF_ANOTHER),
    ],
)
async def test_f_30_certificates_are_checked_and_the_reason_is_told(
    tmp_path: Path, host: str, days: int, is_trusted: bool, sign: Sign | None
) -> None:
    context = certificate(tmp_path, host=host, days=days)
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem") if is_trusted else None)

    async def resolver(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with serving(OK, tls=context) as server:
        rule = PortalRule.parse(f"https://box.example:{server.port}")
        async with Transport([rule], allow_private=True, tls=trust, resolver=resolver) as transport:
            url = f"https://box.example:{server.port}/rest/profile"
            if sign is None:
                assert (await transport.post(url, b"{}", read_for=5)).status == 200
            else:
                with pytest.raises(NotSentError) as caught:
                    await transport.post(url, b"{}", read_for=5)
                assert caught.value.sign is sign


async def test_a_server_without_tls_is_told_so(tls: ssl.SSLContext) -> None:
    def speaks_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        writer.close()

    async with await asyncio.start_server(speaks_plainly, "127.0.0.1", 0) as listening:
        address = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with Transport([PortalRule.parse(address)], allow_private=True, tls=tls) as transport:
            with pytest.raises(NotSentError) as caught:
                await transport.post(f"{address}/rest/profile", b"{}", read_for=1)
    assert caught.value.sign is Sign.TLS_FAILED
