from ipaddress import ip_address, ip_network

import pytest

from console.outside import addresses

PUBLIC = """
1.1.1.1 8.8.8.8 9.9.9.9 9.255.255.255 11.0.0.0 13.107.42.14 23.185.0.3 34.117.59.81 52.95.110.1
93.184.216.34 99.255.255.255 100.63.255.255 100.128.0.0 104.16.132.229 126.255.255.255 128.0.0.0
140.82.121.4 151.101.1.69 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255
172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255
192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
216.58.212.142 223.255.255.255
2000::1 2001:200::1 2001:4860:4860::8888 2001:470:1f0b::1 2003::1 2400:cb00:2048:1::6810:1
2600:1901:0:38d7:: 2606:4700:4700::1111 2607:f8b0:4005:805::200e 2620:fe::fe 2620:4f:7fff::1
2620:4f:8001::1 2800:3f0:4001::1 2a00:1450:4001:81b::200e 2a02:26f0::1 2c0f:fb50:4003::1
3ffd:ffff::1 3fff:1000::1
""".split()

BY_CLASS = {
    "an unspecified": "0.0.0.0 0.0.0.1 0.1.2.3 0.255.255.255 ::",
    "a private": """10.0.0.0 10.0.0.1 10.20.30.40 10.255.255.255 172.16.0.0 172.16.0.1 172.20.10.2
        172.31.255.255 192.168.0.0 192.168.0.1 192.168.178.1 192.168.255.255 fc00:: fc00::1
        fd00::1 fd00:ec2::254 fd12:3456:789a:1::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff""",
    "a carrier-grade NAT": "100.64.0.0 100.64.0.1 100.100.100.200 100.100.2.136 100.127.255.255",
    "a loopback": "127.0.0.0 127.0.0.1 127.0.0.53 127.0.1.1 127.1.2.3 127.255.255.255 ::1",
    "a cloud provider's internal": "168.63.129.16",
    "a link-local": """169.254.0.0 169.254.0.1 169.254.169.254 169.254.170.2 169.254.255.255
        fe80:: fe80::1 fe80::1%eth0 fe80::a9fe:a9fe febf:ffff::1""",
    "a reserved": """192.0.0.0 192.0.0.8 192.0.0.9 192.0.0.170 192.0.0.192 192.0.0.255 192.31.196.1
        192.52.193.1 192.175.48.6 240.0.0.0 240.0.0.1 245.1.2.3 255.255.255.254 2001:1::1 2001:3::1
        2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1 2620:4f:8000::1 3ffe::1
        3ffe:831f::1 400::1 1000::1 1fff:ffff::1 4000::1 6000::1 7000::1 8000::1 a000::1 c000::1
        e000::1 f000::1 f800::1 fa00::1 fbff::1 fe00::1 fe7f::1 200::1 64:ff9a::1 64:ff9b:2::1
        100:1::1""",
    "a documentation": """192.0.2.0 192.0.2.1 192.0.2.255 198.51.100.0 198.51.100.77 198.51.100.255
        203.0.113.0 203.0.113.9 203.0.113.255 2001:db8:: 2001:db8::1 2001:db8:ffff::1 3fff::
        3fff::1 3fff:fff:ffff::1""",
    "a 6to4": "192.88.99.0 192.88.99.1 192.88.99.255 2002:: 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1",
    "a benchmark": "198.18.0.0 198.18.0.1 198.19.0.1 198.19.255.255 2001:2:: 2001:2::1 2001:2:0:ffff::1",
    "a multicast": """224.0.0.0 224.0.0.1 224.0.0.251 232.1.1.1 239.255.255.250 239.255.255.255
        ff00:: ff01::1 ff02::1 ff02::fb ff05::2 ff0e::1 ffff::1""",
    "a broadcast": "255.255.255.255",
    "an IPv4-mapped": """::ffff:0.0.0.0 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254
        ::ffff:192.168.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::ffff:100.64.0.1""",
    "an IPv4-translated": "::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8",
    "an IPv4-compatible": "::2 ::7f00:1 ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::fffe:1",
    "a NAT64": """64:ff9b:: 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::
        64:ff9b:1::1 64:ff9b:1:fffe::1 64:ff9b:1::7f00:1""",
    "a discard-only": "100:: 100::1 100::ffff:ffff:ffff:ffff",
    "a dummy": "100:0:0:1:: 100:0:0:1::1",
    "a Teredo": "2001:: 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:0:ffff::1",
    "a segment routing": "5f00:: 5f00::1 5f00:ffff::1",
    "a site-local": "fec0:: fec0::1 feff:ffff::1",
    "an IPv4-embedding": "2a00:1450::5efe:a00:1 2a00:1450::200:5efe:7f00:1",
}  # fmt: skip
NOT_PUBLIC = [(text, words) for words, texts in BY_CLASS.items() for text in texts.split()]


def test_table_has_more_than_200_addresses():
    assert len({*PUBLIC, *(text for text, _ in NOT_PUBLIC)}) > 220


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_is_public(text):
    assert addresses.why_not_public(ip_address(text)) == ""


@pytest.mark.parametrize(("text", "words"), NOT_PUBLIC)
def test_every_other_class_is_named(text, words):
    assert addresses.why_not_public(ip_address(text)) == words


@pytest.mark.parametrize("network", [network for network, _ in addresses.CLASSES])
def test_first_and_last_address_of_every_class_are_refused(network):
    assert addresses.why_not_public(network[0]) != ""
    assert addresses.why_not_public(network[-1]) != ""


def test_what_python_calls_not_global_is_never_public():
    for text in PUBLIC:
        assert ip_address(text).is_global


def test_within_does_not_unwrap_a_mapped_address():
    allowed = (ip_network("127.0.0.0/8"),)
    assert addresses.is_within(ip_address("127.9.9.9"), allowed)
    assert not addresses.is_within(ip_address("::ffff:127.0.0.1"), allowed)
    assert not addresses.is_within(ip_address("126.0.0.1"), allowed)
