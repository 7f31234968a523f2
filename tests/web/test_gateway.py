"""What surrounds the contract: secrets, limits, headers, problems, pages."""

import httpx
import pytest

from bot.settings import Settings
from bot.web.settings import Rate, WebSettings


def is_problem(answer: httpx.Response, status: int) -> bool:
    body = answer.json()
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and body["status"] == status
        and set(body) == {"type", "title", "status", "detail"}
        and all(body.values())
    )


CALLS = [("POST", "/messages"), ("GET", "/messages"), ("GET", "/events"), ("DELETE", "")]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_needs_the_token(person, http, method, path):
    body = {"text": "x", "client_message_id": "1"} if method == "POST" else None
    url = f"{person.path}{path}"
    without = await http.request(method, url, json=body)
    assert is_problem(without, 401)
    assert without.headers["www-authenticate"] == "Bearer"
    wrong = await http.request(method, url, json=body, headers={"Authorization": "Bearer wrong"})
    unknown_url = url.replace(person.id, "x" * len(person.id))
    unknown = await http.request(method, unknown_url, json=body, headers=person.headers)
    assert is_problem(wrong, 404)
    # Nobody learns from the answer which conversations there are.
    assert wrong.json() == unknown.json()
    assert dict(wrong.headers) == dict(unknown.headers)
    assert (await http.request(method, unknown_url, json=body)).json() == without.json()


async def test_anothers_token_opens_nothing(stack, http, person):
    other = await stack.open(http)
    assert (await http.get(f"{person.path}/messages", headers=other.headers)).status_code == 404


@pytest.mark.parametrize("conversation_id", ["%00", "..%2f..", "a" * 5000, "字", "'--"])
async def test_odd_ids_are_simply_unknown(http, conversation_id):
    answer = await http.get(f"/api/v1/conversations/{conversation_id}/messages", headers={"Authorization": "Bearer x"})
    assert is_problem(answer, 404)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b'{"client_message_id": "1"}',
        b'{"text": "x"}',
        b'{"text": "x", "payload": "/menu", "client_message_id": "1"}',
        b'{"text": "x", "client_message_id": ""}',
        b'{"text": "x", "client_message_id": "a b"}',
        b'{"text": 5, "client_message_id": "1"}',
        b'{"text": "x", "client_message_id": "1", "author": "bot"}',
        b'{"payload": "\\ud800", "client_message_id": "1"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_bad_bodies_are_problems_that_repeat_nothing(person, http, body):
    headers = {**person.headers, "Content-Type": "application/json"}
    answer = await http.post(f"{person.path}/messages", content=body, headers=headers)
    assert is_problem(answer, 422)
    assert len(answer.content) < 500


async def test_too_large_a_body_is_refused_declared_or_not(person, http):
    async def endless():
        for _ in range(3000):
            yield b"x" * 1024

    headers = {**person.headers, "Content-Type": "application/json"}
    declared = await http.post(f"{person.path}/messages", content=b"x" * (1024 * 1024 + 1), headers=headers)
    streamed = await http.post(f"{person.path}/messages", content=endless(), headers=headers)
    assert is_problem(declared, 413)
    assert is_problem(streamed, 413)


async def test_problems_speak_the_persons_language(stack, http):
    person = await stack.open(http, "en")
    stack.rasa.fault = "down"
    assert "Please send it again" in (await person.send({"text": "hello there"})).json()["detail"]
    chinese = await http.get("/nothing", headers={"Accept-Language": "zh-CN"})
    english = await http.get("/nothing", headers={"Accept-Language": "en"})
    assert is_problem(chinese, 404)
    assert is_problem(english, 404)
    assert chinese.json()["detail"] != english.json()["detail"]


async def test_wrong_method(http):
    answer = await http.put("/api/v1/conversations")
    assert is_problem(answer, 405)
    assert "POST" in answer.headers["allow"]


async def test_turns_of_one_conversation_are_limited(stack):
    stack.with_settings(turns=Rate(burst=2, per_second=0.1))
    async with stack.http() as http:
        hasty, other = await stack.open(http), await stack.open(http)
        for _ in range(2):
            await hasty.say("快")
        refused = await hasty.send({"text": "快"})
        assert is_problem(refused, 429)
        assert int(refused.headers["retry-after"]) > 0
        await other.say("慢")


async def test_one_address_cannot_open_without_end_and_a_strangers_header_is_not_believed(stack):
    stack.with_settings(openings=Rate(burst=2, per_second=0.1))
    app = stack.app()
    async with stack.http(app) as http, stack.http(app, peer="203.0.113.8") as neighbour:
        for _ in range(2):
            await stack.open(http)
        forged = {"X-Forwarded-For": "198.51.100.1"}
        assert is_problem(await http.post("/api/v1/conversations", json={}, headers=forged), 429)
        await stack.open(neighbour)


async def test_behind_a_trusted_proxy_each_visitor_counts_alone(stack):
    stack.settings = WebSettings.of(Settings(_env_file=None, trusted_proxies="10.0.0.0/8"))
    stack.with_settings(openings=Rate(burst=1, per_second=0.1))
    async with stack.http(peer="10.1.2.3") as http:
        for visitor in ("198.51.100.1", "198.51.100.2"):
            # Whatever a visitor writes into the header stands left of what the proxy adds.
            headers = {"X-Forwarded-For": f"192.0.2.99, {visitor}, 10.9.9.9"}
            assert (await http.post("/api/v1/conversations", json={}, headers=headers)).status_code == 201
        headers = {"X-Forwarded-For": "192.0.2.1, 198.51.100.2"}
        assert (await http.post("/api/v1/conversations", json={}, headers=headers)).status_code == 429


async def test_headers_on_every_answer(person, http):
    for answer in (
        await http.get("/"),
        await http.get("/nothing"),
        await http.get("/static/nothing.js"),
        await person.send({"text": "你好"}),
        await http.post("/api/v1/conversations", content=b"x" * (1024 * 1024 + 1)),
    ):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert (await http.get("/")).headers["cache-control"] == "no-store"


async def test_only_named_origins_may_embed(stack):
    stack.with_settings(embed_origins=("https://town.example",))
    async with stack.http() as http:
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
        allowed = await http.options("/api/v1/conversations", headers={"Origin": "https://town.example", **asks})
        refused = await http.options("/api/v1/conversations", headers={"Origin": "https://evil.example", **asks})
        assert allowed.headers["access-control-allow-origin"] == "https://town.example"
        assert "access-control-allow-origin" not in refused.headers
        assert "access-control-allow-credentials" not in allowed.headers
        page = await http.get("/", headers={"Origin": "https://town.example"})
        assert "frame-ancestors https://town.example" in page.headers["content-security-policy"]


async def test_a_failure_inside_shows_and_logs_nothing_of_the_message(stack, person, http, capsys, monkeypatch):
    def explode(*_arguments: object) -> None:
        raise RuntimeError("quotes zebra-quagga")

    monkeypatch.setattr(stack.conversations._store, "begin_turn", explode)  # noqa: SLF001
    answer = await person.send({"text": "zebra-quagga"})
    assert is_problem(answer, 500)
    assert answer.headers["x-content-type-options"] == "nosniff"
    printed = capsys.readouterr()
    assert "RuntimeError" in printed.out + printed.err
    assert "zebra" not in printed.out + printed.err + answer.text


async def test_openapi_describes_the_contract(http):
    document = (await http.get("/openapi.json")).json()
    assert set(document["paths"]) == {
        "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}",
        "/api/v1/conversations/{conversation_id}/messages",
        "/api/v1/conversations/{conversation_id}/events",
        "/api/v1/conversations/{conversation_id}/files",
    }
    send = document["paths"]["/api/v1/conversations/{conversation_id}/files"]["post"]
    assert {"201", "401", "404", "413", "415", "422", "429"} <= set(send["responses"])
    assert (send["responses"]["422"]["description"], send["responses"]["415"]["description"]) == (
        "invalid",
        "file_type",
    )
    say = document["paths"]["/api/v1/conversations/{conversation_id}/messages"]["post"]
    assert {"200", "401", "404", "422", "429", "503"} <= set(say["responses"])
    assert "LoanCostCard" in document["components"]["schemas"]
    assert (await http.get("/docs")).status_code == 404


async def test_page_in_both_languages(http):
    chinese = await http.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    english = await http.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="zh-CN"' in chinese.text
    assert '<html lang="en"' in english.text
    assert '<html lang="en"' in (await http.get("/?lang=en")).text
    for page in (chinese, english):
        assert "<mingbai-chat" in page.text
        assert '/static/mingbai.js"' in page.text
        assert "://" not in page.text


async def test_alive_and_ready(stack, http):
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ok", "checks": {"assistant": True}}
    stack.cable.is_cut = True
    not_ready = await http.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["checks"]) == (503, {"assistant": False})
    assert (await http.get("/healthz")).status_code == 200
