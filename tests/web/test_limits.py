"""Token buckets, addresses behind proxies, and what a browser prefers."""

from ipaddress import ip_network

import pytest

from bot.messages import Language
from bot.settings import Settings
from bot.web.clients import client_key, preferred_language
from bot.web.limits import Buckets, Rate
from bot.web.settings import WebSettings

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_a_bucket_empties_and_fills_again():
    now = 0.0
    buckets = Buckets(Rate(burst=2, per_second=0.5), lambda: now)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    now = 1.0
    assert buckets.take("a") == 1
    now = 2.0
    assert buckets.take("a") == 0
    now = 1000.0
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    assert buckets.take("b") == 0


def test_being_refused_does_not_lengthen_the_wait():
    now = 0.0
    buckets = Buckets(Rate(burst=1, per_second=1), lambda: now)
    buckets.take("a")
    for tenths in range(1, 10):
        now = tenths / 10
        assert buckets.take("a") == 1
    now = 1.01
    assert buckets.take("a") == 0


def test_buckets_do_not_grow_without_end():
    buckets = Buckets(Rate(burst=1, per_second=0.001), lambda: 0.0, remembered=10)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets._buckets) == 10  # noqa: SLF001


@pytest.mark.parametrize(
    ("peer", "claims", "key"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_who_is_asking(peer, claims, key):
    assert client_key(peer, claims, PROXIES) == key


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en-US,en;q=0.5", Language.EN),
        ("en;q=0.2, zh;q=0.4", Language.ZH),
        ("EN", Language.EN),
        ("fr, de;q=0.5", None),
        ("zh;q=0", None),
        ("zh;q=abc, en;q=0.1", Language.EN),
        ("", None),
        ("," * 5000, None),
    ],
)
def test_what_a_browser_prefers(header, language):
    assert preferred_language(header) is language


def test_settings_are_parsed():
    settings = WebSettings.of(
        Settings(_env_file=None, embed_origins="https://a.example/, https://b.example", public_url="https://c.example")
    )
    assert settings.embed_origins == ("https://a.example", "https://b.example")
    assert settings.is_https
    with pytest.raises(ValueError, match="proxy"):
        WebSettings.of(Settings(_env_file=None, trusted_proxies="proxy"))
