"""A console on a real database, and people who use it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from bot.complaints import ComplaintDraft, Complaints, Filed, Kind
from bot.console.app import create_app
from bot.messages import Channel, Language
from bot.services import Services, now
from bot.settings import Settings
from bot.staff import Passphrases, Role, StaffDesk
from bot.storage.complaints import SqlComplaintStore
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.staff import SqlStaffStore
from tests.shipped_desk import DESK, PROMISES

PASSPHRASE = "four plain words here"


class Person:
    """Somebody at a browser: keeps cookies, posts forms as a browser does."""

    def __init__(self, app: object) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://console",
            headers={"Accept-Language": "zh-CN"},
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def post(self, path: str, site: str = "same-origin", **form: str) -> httpx.Response:
        return await self.http.post(path, data=form, headers={"Sec-Fetch-Site": site})


@pytest.fixture
def services(tmp_path: Path, bring_up: Callable[[Engine], None]) -> Iterator[Services]:
    made = Services(Settings(state_dir=tmp_path, database_url="", _env_file=None))
    bring_up(made.engine)
    # Hashes at a cost for tests; the real one is for attackers.
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    made.staff = StaffDesk(SqlStaffStore(made.writers, made.readers), now, DESK.is_weak, Passphrases(cheap))
    receipts = Argon2ReceiptHasher(made.keys, memory_kib=8, rounds=1)
    made.complaints = Complaints(SqlComplaintStore(made.writers, made.readers), receipts, now, PROMISES)
    yield made
    made.close()


@pytest.fixture
def app(services: Services) -> object:
    return create_app(services)


@pytest.fixture
async def stranger(app: object) -> AsyncIterator[Person]:
    person = Person(app)
    yield person
    await person.http.aclose()


async def signed_in(app: object, services: Services, name: str, role: Role) -> Person:
    token = services.staff.invite(name, role)
    secret = services.staff.begin_enrolment(token).secret
    totp = pyotp.TOTP(secret)
    # Enrolment uses up the code of an earlier step, so that signing in can use the present one.
    services.staff.enrol(token, PASSPHRASE, totp.at(_now() - 30))
    person = Person(app)
    answer = await person.post("/sign-in", name=name, passphrase=PASSPHRASE, code=totp.at(_now()))
    assert answer.headers["location"] == "/", unquote(answer.text)
    return person


def _now() -> int:
    import time  # noqa: PLC0415 - only here: codes depend on the wall clock

    return int(time.time())


@pytest.fixture
async def handler(app: object, services: Services) -> AsyncIterator[Person]:
    person = await signed_in(app, services, "李华", Role.HANDLER)
    yield person
    await person.http.aclose()


@pytest.fixture
async def supervisor(app: object, services: Services) -> AsyncIterator[Person]:
    person = await signed_in(app, services, "王芳", Role.SUPERVISOR)
    yield person
    await person.http.aclose()


def file_complaint(
    services: Services, draft_id: str = "d1", story: str = "他们半夜打电话骂人", kind: Kind = Kind.COLLECTION
) -> Filed:
    return services.complaints.file(
        ComplaintDraft(
            draft_id=draft_id, kind=kind, story=story, against="某催收公司", when="上个月", amount="3000元",
            wish="别再打了", language=Language.ZH, channel=Channel.WEB, sender="s" * 32, consent=True,
        )
    )  # fmt: skip


@pytest.fixture
def filed(services: Services) -> Filed:
    return file_complaint(services)


@pytest.fixture
def file_one(services: Services) -> Callable[[str], Filed]:
    return lambda story: file_complaint(services, story=story)


@pytest.fixture
def file_many(services: Services) -> Callable[[int], None]:
    def file(count: int) -> None:
        for number in range(count):
            kind = Kind.FRAUD if number % 3 == 0 else Kind.COST
            file_complaint(services, draft_id=f"d{number}", kind=kind)

    return file
