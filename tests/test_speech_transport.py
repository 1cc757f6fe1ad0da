"""A service asked over a real, verified connection, and what it does to those who ask."""

from __future__ import annotations

import datetime
import email.utils
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_service
import numpy as np
import pytest
import requests
from fake_service import Service

from generator import certificates
from generator.errors import ServiceError
from generator.speech.transport import Patience, Transport, UnusableError

FAR_AWAY = "Fri, 01 Jan 2100 00:00:00 GMT"
QUICK = Patience(connect_s=2.0, silence_s=0.4, answer_s=1.0)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with fake_service.running(tmp_path) as running:
        for each in certificates.VARIABLES:
            monkeypatch.delenv(each, raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way(service: Service, clock: Clock) -> Transport:
    return Transport(service.host, QUICK, clock.sleep, clock)


def request(service: Service, text: str = "Hello there.") -> requests.PreparedRequest:
    import gtts

    (built,) = gtts.gTTS(text, lang_check=False)._prepare_requests()
    built.url = f"https://{service.host}/_/TranslateWebserverUi/data/batchexecute"
    return built


def ask(way: Transport, service: Service) -> bytes:
    return way.ask(request(service), lambda body: body)


def test_an_answer_is_given_as_it_came(way: Transport, service: Service, clock: Clock) -> None:
    assert ask(way, service) == fake_service.envelope(
        fake_service.without_info(fake_service.spoken_mp3("Hello there."))
    )
    assert service.texts == ["Hello there."]
    assert clock.slept_s == []


PASSES = (
    "429",
    "429 Retry-After=1",
    "429 Retry-After=soon",
    "429 Retry-After=-5",
    "500",
    "502",
    "503",
    "504 Retry-After=1.5",
    "302 Location=http://localhost:1/sorry",
    "elsewhere",
    "stall",
    "stall-in-the-body",
    "slow-bytes 0.002",
    "slow-headers",
    "cut",
    "cut-in-the-body",
    "not-http",
    "many-headers",
    "interim 102",
    "interim 103",
    "408",
    "425",
    "403 Retry-After=1",
    "404 Retry-After=1",
)
"""What another try may mend."""


@pytest.mark.parametrize("fault", PASSES)
def test_what_passes_is_tried_again(
    way: Transport, service: Service, clock: Clock, fault: str
) -> None:
    service.faults = [fault]
    started_s = time.monotonic()
    assert ask(way, service).startswith(b")]}'")
    assert len(service.requests) == 2
    assert clock.slept_s == [2.0]
    assert time.monotonic() - started_s < 3.0


@pytest.mark.parametrize("fault", [*PASSES, "endless", "400", "403", "404"])
def test_what_does_not_pass_ends_in_one_line(
    way: Transport, service: Service, clock: Clock, fault: str
) -> None:
    service.always = fault
    patient = Transport(
        service.host, Patience(tries=2, silence_s=0.3, answer_s=0.5), clock.sleep, clock
    )
    with pytest.raises(ServiceError) as caught:
        ask(patient, service)
    assert str(caught.value).startswith(f"{service.host}: ")
    assert "\n" not in str(caught.value)
    assert "Hello" not in str(caught.value)
    assert len(service.requests) <= 2


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "410", "endless"])
def test_what_another_try_cannot_mend_is_not_tried_again(
    way: Transport, service: Service, clock: Clock, fault: str
) -> None:
    service.always = fault
    with pytest.raises(ServiceError):
        ask(way, service)
    assert len(service.requests) == 1
    assert clock.slept_s == []


def test_each_wait_is_twice_the_one_before_and_then_it_says_so(
    way: Transport, service: Service, clock: Clock
) -> None:
    service.always = "429"
    with pytest.raises(ServiceError, match="asked too often") as caught:
        ask(way, service)
    assert clock.slept_s == [2.0, 4.0, 8.0, 16.0]
    assert len(service.requests) == 5
    assert caught.value.remedy == "Try again in an hour."


def test_the_service_is_left_alone_as_long_as_it_asks(
    way: Transport, service: Service, clock: Clock
) -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    service.faults = [
        "429 Retry-After=7",
        f"503 Retry-After={email.utils.format_datetime(soon, usegmt=True)}",
    ]
    ask(way, service)
    assert clock.slept_s[0] == 7.0
    assert 50.0 < clock.slept_s[1] <= 60.0


@pytest.mark.parametrize(
    "asked", ["3600", "3600.5", "3600, 3600", "0" * 20 + "3600", "9" * 18, FAR_AWAY]
)
def test_a_long_wait_is_not_waited_for_but_named(
    way: Transport, service: Service, clock: Clock, asked: str
) -> None:
    service.always = f"429 Retry-After={asked}"
    with pytest.raises(ServiceError, match=r"Try again after \d\d:\d\d") as caught:
        ask(way, service)
    assert clock.slept_s == []
    assert len(service.requests) == 1
    if asked == "3600":
        said = re.search(r"(\d\d):(\d\d)", caught.value.remedy)
        assert said
        now = datetime.datetime.now().astimezone()
        then = now.replace(hour=int(said[1]), minute=int(said[2]))
        assert 59 <= ((then - now).total_seconds() / 60 % 1440) <= 62


def test_an_answer_that_will_not_do_is_asked_for_again(
    way: Transport, service: Service, clock: Clock
) -> None:
    taken: list[bytes] = []

    def accept(body: bytes) -> int:
        taken.append(body)
        if len(taken) < 3:
            raise UnusableError("answers with nothing of use")
        return len(taken)

    assert way.ask(request(service), accept) == 3
    assert clock.slept_s == [2.0, 4.0]


def test_no_minute_has_more_requests_than_the_budget(service: Service, clock: Clock) -> None:
    way = Transport(service.host, Patience(requests_a_minute=20, at_once=5), clock.sleep, clock)
    asked_at_s: list[float] = []
    way._answer = lambda _request: asked_at_s.append(clock()) or b""  # type: ignore[method-assign]
    for _sentence in range(60):
        way.ask(request(service), lambda body: body)
    assert asked_at_s[:5] == [0.0] * 5
    assert np.diff(asked_at_s[5:]) == pytest.approx(60.0 / (20 - 5)), "evenly spread"
    for start_s in asked_at_s:
        assert sum(start_s <= each < start_s + 60.0 for each in asked_at_s) <= 20
    assert asked_at_s[-1] < 60 * 60.0 / (20 - 5)


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(
    way: Transport, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ServiceError, match=r"certificate does not verify\); nothing was sent"):
        ask(way, service)
    assert service.requests == []
    assert service.connections == 1, "it is not tried again"


def test_a_certificate_for_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with fake_service.running(tmp_path, name="elsewhere.example") as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(service.authority))
        with pytest.raises(ServiceError, match="certificate does not verify"):
            ask(Transport(service.host, QUICK, clock.sleep, clock), service)
        assert service.requests == []


@pytest.mark.parametrize("variable", certificates.VARIABLES)
@pytest.mark.parametrize("content", ["", "/nowhere/at/all.pem"])
def test_no_setting_of_the_environment_switches_verification_off(
    way: Transport,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: str,
) -> None:
    for each in certificates.VARIABLES:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(variable, content)
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    with pytest.raises(ServiceError, match="verif"):
        ask(way, service)
    assert service.requests == []


def test_a_port_where_nobody_speaks_tls_is_told(
    clock: Clock, service: Service, tmp_path: Path
) -> None:
    import http.server
    import threading

    with http.server.HTTPServer(("127.0.0.1", 0), fake_service.Handler) as plain:
        threading.Thread(target=plain.serve_forever, args=(0.05,), daemon=True).start()
        service.host = f"localhost:{plain.server_address[1]}"
        with pytest.raises(ServiceError, match="lost the connection"):
            ask(Transport(service.host, QUICK, clock.sleep, clock), service)
        plain.shutdown()
    assert service.requests == []


def test_nobody_at_home_is_told(clock: Clock, service: Service) -> None:
    service.host = "localhost:9"
    with pytest.raises(ServiceError, match="lost the connection"):
        ask(Transport(service.host, QUICK, clock.sleep, clock), service)
    assert clock.slept_s == [2.0, 4.0, 8.0, 16.0]


def test_a_bomb_costs_little_memory(way: Transport, service: Service) -> None:
    import tracemalloc

    assert len(fake_service.bomb()) < 200_000
    service.faults = ["bomb"]
    tracemalloc.start()
    with pytest.raises(ServiceError, match="more than a sentence"):
        ask(way, service)
    assert tracemalloc.get_traced_memory()[1] < 60e6
    tracemalloc.stop()


def test_a_wait_of_more_than_a_year_is_not_taken_for_one_of_hours(
    way: Transport, service: Service
) -> None:
    service.always = f"302 Retry-After={FAR_AWAY}"
    with pytest.raises(ServiceError, match=r"on \d\d \w+ 20\d\d\.$"):
        ask(way, service)
    assert len(service.requests) == 1


def test_a_request_that_is_late_is_not_sent_after_all(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name looked up for longer than an answer may take led to the words being sent late."""
    plain = socket.getaddrinfo

    def slow(*args: Any, **given: Any) -> Any:
        time.sleep(0.6)
        return plain(*args, **given)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    hurried = Patience(tries=2, answer_s=0.2)
    with pytest.raises(ServiceError, match="took longer"):
        ask(Transport(service.host, hurried, clock.sleep, clock), service)
    time.sleep(1.0)
    assert service.connections == 2
    assert service.requests == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "socks5://localhost:9"),
        ("HTTPS_PROXY", "http://:::"),
        ("SSL_CERT_FILE", __file__),
    ],
)
def test_a_setting_that_cannot_work_is_told_at_once(
    way: Transport,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ServiceError, match=r"HTTPS_PROXY|no certificates"):
        ask(way, service)
    assert clock.slept_s == []
    assert service.requests == []


def test_a_redirect_is_not_followed_wherever_it_leads(
    way: Transport, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with fake_service.running(tmp_path / "other") as elsewhere:
        both = service.authority.read_text() + elsewhere.authority.read_text()
        service.authority.write_text(both)
        for status in (301, 302, 303, 307, 308):
            service.faults = [f"{status} Location=https://{elsewhere.host}/"]
            ask(way, service)
        assert elsewhere.connections == 0


def test_no_cookie_and_no_password_is_sent(
    way: Transport, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    service.faults = ["500 Set-Cookie=a=b"]
    ask(way, service)
    for each in service.requests:
        assert not {"Cookie", "Authorization"} & set(each["headers"])
