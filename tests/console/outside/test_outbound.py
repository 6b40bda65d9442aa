import datetime
import ipaddress
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from console.outside import outbound
from tests.console.outside.test_addresses import NOT_PUBLIC
from tests.running import receivers

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
HEADERS = {"content-type": "application/json"}


@pytest.fixture
def loopback(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = LOOPBACK


@pytest.fixture
def public_only(settings):
    settings.CALLBACK_PRIVATE_ADDRESSES = ()


def resolving(*answers):
    """A resolver that gives the first answer, then the next, and the last one for ever."""
    waiting = list(answers)

    def resolve(host, port):
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return resolve


def refusal(url, *answers):
    with pytest.raises(outbound.AddressRefused) as caught:
        outbound.post(url, b"{}", HEADERS, resolve=resolving(*answers))
    return str(caught.value)


REFUSED_URLS = [
    "", " ", "hooks.example.com", "//hooks.example.com/", "https://", "https:///path",
    "https://?x", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/",
    "javascript:alert(1)", "data:text/plain,x", "unix:/run/docker.sock", "HTTPS:hooks.example.com",
    "http://hooks.example.com/", "http://hooks.example.com:443/", "ws://hooks.example.com/",
    "https://user@hooks.example.com/", "https://user:secret@hooks.example.com/",
    "https://:secret@hooks.example.com/", "https://@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/", "https://hooks.example.com/#part",
    "https://hooks.example.com:22/", "https://hooks.example.com:25/",
    "https://hooks.example.com:80/", "https://hooks.example.com:6379/",
    "https://hooks.example.com:8080/", "https://hooks.example.com:99999/",
    "https://hooks.example.com:-1/", "https://hooks.example.com:0x1bb/", "https://8.8.8.8/",
    "https://8.8.8.8./", "https://127.0.0.1/", "https://127.1/", "https://2130706433/",
    "https://017700000001/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
    "https://127.0.0.0x1/", "https://10.1/", "https://0/", "https://0x/", "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/", "https://[::1]/", "https://[::]/",
    "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[2606:4700::1111]/",
    "https://[::1/", "https://::1/", "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com\\.evil/", "https://hooks.example.com/a b", "https://hooks.exa mple.com/",
    "https://hooks.example.com/\r\nX-Evil: 1", "https://hooks.example.com/\n", "\thttps://a.example/",
    "https://hooks.example.com/\x00", "https://hööks.example.com/", "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/", "https://hooks..example.com/", "https://.example.com/",
    "https://-hooks.example.com/", "https://hooks-.example.com/", "https://hooks!.example.com/",
    "https://%31%32%37.0.0.1/", "https://hooks.example.com%2f@evil/", "https://a" + "a" * 63 + ".com/",
    "https://" + "a." * 130 + "com/", "https://a.example/" + "x" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_address_that_is_not_plain_https_is_refused_before_any_look_up(url, public_only):
    with pytest.raises(outbound.AddressRefused):
        outbound.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/",
        "https://hooks.example.com",
        "https://hooks.example.com:8443/in?agent=mira",
        "https://HOOKS.Example.COM/",
        "https://hooks.example.com./",
        "https://xn--hks-ulaa.example/",
        "https://under_score.example.com/",
        "https://3com.example/",
    ],
)
def test_plain_https_address_may_be_looked_up(url, public_only):
    assert outbound.check(url).scheme == "https"


@pytest.mark.parametrize(("text", "words"), NOT_PUBLIC)
def test_name_at_an_address_that_is_not_public_is_refused(text, words, public_only):
    sentence = refusal("https://hooks.example.com/", [text])
    assert sentence == f"hooks.example.com is at {ipaddress.ip_address(text)}, {words} address."


def test_one_bad_address_among_good_ones_is_enough(public_only):
    sentence = refusal("https://hooks.example.com/", ["8.8.8.8", "2606:4700::1111", "10.0.0.7"])
    assert sentence == "hooks.example.com is at 10.0.0.7, a private address."


def test_allowed_network_lets_in_itself_and_nothing_beside_it(loopback):
    with receivers.receiving() as receiver:
        assert outbound.post(receiver.url, b"{}", HEADERS).status == 200
        sentence = refusal(f"http://inside.example:{receiver.port}/", ["127.0.0.1", "10.0.0.1"])
        assert sentence == "inside.example is at 10.0.0.1, a private address."
        assert refusal("http://10.0.0.1/") == (
            "10.0.0.1 is a number, not a name; receivers are called by name."
        )


def test_allowed_network_does_not_open_plain_http_or_odd_ports_to_the_world(loopback):
    assert refusal("http://hooks.example.com/", ["8.8.8.8"]) == (
        "The address must begin with https://."
    )
    assert refusal("https://hooks.example.com:9000/", ["8.8.8.8"]) == (
        "Port 9000 is not called; only 443 and 8443 are."
    )


def test_name_that_changes_its_answer_is_connected_where_it_was_checked(loopback):
    with receivers.receiving() as good, receivers.receiving() as inside:
        good_only = (ipaddress.ip_network("127.0.0.1/32"),)
        assert inside.port != good.port
        url = f"http://rebind.example:{good.port}/"
        resolve = resolving(["127.0.0.1"], ["169.254.169.254"])
        assert outbound.post(url, b"{}", HEADERS, resolve=resolve).status == 200
        assert len(good.received) == 1
        assert good_only
        with pytest.raises(outbound.AddressRefused, match="169.254.169.254, a link-local address"):
            outbound.post(url, b"{}", HEADERS, resolve=resolve)
        assert len(good.received) == 1


def test_name_is_looked_up_once_for_each_call(loopback):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["127.0.0.1"]

    with receivers.receiving() as receiver:
        outbound.post(f"http://one.example:{receiver.port}/x", b"{}", HEADERS, resolve=resolve)
        assert asked == [("one.example", receiver.port)]
        assert receiver.received[0].headers["host"] == f"one.example:{receiver.port}"


def test_second_address_is_tried_where_the_first_does_not_answer(loopback):
    with receivers.receiving() as receiver:
        url = f"http://two.example:{receiver.port}/"
        resolve = resolving(["127.0.0.2", "127.0.0.1"])
        assert outbound.post(url, b"{}", HEADERS, resolve=resolve).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_answer_and_is_not_followed(status, loopback):
    with (
        receivers.receiving() as inside,
        receivers.receiving((status, {"location": inside.url, "set-cookie": "a=b"})) as receiver,
    ):
        assert outbound.post(receiver.url, b"{}", HEADERS).status == status
        assert outbound.post(receiver.url, b"{}", HEADERS).status == status
        assert inside.received == []
        assert "cookie" not in receiver.received[1].headers


def test_proxy_variables_are_not_read(loopback, monkeypatch):
    with receivers.receiving() as proxy, receivers.receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert outbound.post(receiver.url, b"{}", HEADERS).status == 200
        assert proxy.received == []


def test_bytes_arrive_as_they_were_given(loopback):
    body = '{"reply": "Dear Inès, 5 €"}'.encode()
    with receivers.receiving(204) as receiver:
        reply = outbound.post(receiver.url, body, {**HEADERS, "webhook-id": "msg_1"})
        assert (reply.status, receiver.received[0].body) == (204, body)
        assert receiver.received[0].headers["webhook-id"] == "msg_1"
        assert receiver.received[0].headers["content-type"] == "application/json"
        assert 0 < reply.took_s < 2


def test_what_is_read_is_read_under_the_same_rules(loopback, settings):
    with receivers.receiving((lambda body: b'{"total": 5}', {}), (302, {})) as receiver:
        reply = outbound.get(receiver.url, {"accept": "application/json"}, within_s=2.0)
        assert (reply.status, reply.body) == (200, b'{"total": 5}')
        (asked,) = receiver.received
        assert (asked.path, asked.body, asked.headers["accept"]) == (
            "/hook", b"", "application/json",
        )  # fmt: skip
        assert outbound.get(receiver.url, {}).status == 302
        settings.CALLBACK_PRIVATE_ADDRESSES = ()
        with pytest.raises(outbound.AddressRefused):
            outbound.get(receiver.url, {})
        assert len(receiver.received) == 2


def test_headers_of_the_answer_are_handed_on(loopback):
    with receivers.receiving((503, {"Retry-After": "120"})) as receiver:
        reply = outbound.post(receiver.url, b"{}", HEADERS)
        assert (reply.status, reply.headers["retry-after"]) == (503, "120")


def answered(serve):
    """What came of a call to a raw server, and how long it took."""
    with receivers.raw_server(serve) as port:
        started = time.monotonic()
        try:
            result = outbound.post(f"http://127.0.0.1:{port}/", b"{}", HEADERS).status
        except outbound.NoAnswer as error:
            result = str(error)
        return result, time.monotonic() - started


def drip(connection, head, piece, pause_s):
    connection.recv(65536)
    connection.sendall(head)
    while True:
        connection.sendall(piece)
        time.sleep(pause_s)


def test_slow_head_ends_at_the_deadline(loopback, monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_S", 0.6)
    result, took_s = answered(lambda c: drip(c, b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 0.05))
    assert result == "No answer within 1 s."
    assert took_s < 8


def test_silent_server_ends_at_the_deadline(loopback, monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_S", 0.4)
    result, took_s = answered(lambda _: time.sleep(9))
    assert result == "No answer within 0 s."
    assert took_s < 8


def test_slow_body_does_not_change_the_answer(loopback, monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_S", 0.6)
    result, took_s = answered(
        lambda c: drip(c, b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"x", 0.05)
    )
    assert result == 200
    assert took_s < 8


def test_huge_body_is_not_read(loopback):
    sent = []

    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        for _ in range(15_000):
            connection.sendall(b"x" * 65536)
            sent.append(65536)

    result, took_s = answered(serve)
    assert result == 200
    assert took_s < 3
    assert sum(sent) < 20_000_000  # What the kernel's buffers took before the end was noticed.


def test_huge_headers_are_refused(loopback):
    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 10_000_000)

    result, took_s = answered(serve)
    assert result.startswith(("The answer was not HTTP", "No connection"))
    assert took_s < 3


@pytest.mark.parametrize("bytes_sent", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\xff" * 100])
def test_other_protocols_are_no_answer(bytes_sent, loopback):
    def serve(connection):
        connection.recv(65536)
        connection.sendall(bytes_sent)

    result, _ = answered(serve)
    assert result in {"The answer was not HTTP.", "No connection: the connection was cut."}


def test_closed_port_is_no_answer(loopback):
    with pytest.raises(outbound.NoAnswer, match="No connection: the connection was refused"):
        outbound.post(f"http://127.0.0.1:{receivers.free_port()}/", b"{}", HEADERS)


def test_name_that_is_not_found_is_no_answer(public_only):
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(outbound.NoAnswer, match="hooks.example.com was not found"):
        outbound.post("https://hooks.example.com/", b"{}", HEADERS, resolve=resolve)


def test_resolver_that_hangs_ends_at_the_connect_limit(public_only, monkeypatch):
    monkeypatch.setattr(outbound, "CONNECT_S", 0.3)
    started = time.monotonic()
    with pytest.raises(outbound.NoAnswer, match="No answer within"):
        outbound.post(
            "https://hooks.example.com/", b"{}", HEADERS, resolve=lambda *_: time.sleep(5)
        )
    assert time.monotonic() - started < 4


def certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_tls_speaks_to_the_name_at_the_checked_address(loopback, tmp_path):
    path = certificate(tmp_path, "hooks.example.com")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    names, heads = [], []
    server.sni_callback = lambda _socket, name, _context: names.append(name)

    def serve(connection):
        with server.wrap_socket(connection, server_side=True) as secured:
            received = b""
            while not received.endswith(b"{}"):
                received += secured.recv(65536)
            heads.append(received)
            secured.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    trusted = ssl.create_default_context(cafile=path)
    with receivers.raw_server(serve) as port:
        resolve = resolving(["127.0.0.1"])
        url = f"https://hooks.example.com:{port}/in"
        assert outbound.post(url, b"{}", HEADERS, resolve=resolve, tls=trusted).status == 200
        assert names == ["hooks.example.com"]
        assert f"host: hooks.example.com:{port}\r\n".encode() in heads[0].lower()
        with pytest.raises(outbound.NoAnswer, match="its certificate is of nobody whom this"):
            outbound.post(url, b"{}", HEADERS, resolve=resolve)
        other = url.replace("hooks.", "other.")
        with pytest.raises(outbound.NoAnswer, match="its certificate is of another name"):
            outbound.post(other, b"{}", HEADERS, resolve=resolve, tls=trusted)


def test_origin_is_name_and_port():
    assert outbound.origin("https://HOOKS.example.com/a") == "hooks.example.com:443"
    assert outbound.origin("https://hooks.example.com.:8443/b") == "hooks.example.com:8443"
    assert outbound.origin("http://127.0.0.1:9000/c") == "127.0.0.1:9000"
