"""Photos from a resident's phone to the eyes of the desk: a real browser at both ends, and the trained assistant."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from tests.journeys.test_chinese_on_the_web import Widget

pytestmark = [pytest.mark.browser, pytest.mark.rasa]


def photo(colour: str) -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "PLANTED"
    Image.new("RGB", (3000, 2000), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


def chosen(*files: tuple[str, str, bytes]) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]


@pytest.fixture
def widget(stack, page):
    made = page(locale="zh-CN", viewport={"width": 360, "height": 740}, color_scheme="light")
    made.goto(stack.web)
    made.locator(".choice").first.wait_for()
    return Widget(made)


def test_photos_go_with_the_complaint_and_later_into_its_case(stack, widget, handler, is_accessible) -> None:
    chooser = widget.page.locator(".chooser")
    first = widget._turn(lambda: chooser.set_input_files(chosen(("路上.jpg", "image/jpeg", photo("red")))))  # noqa: SLF001
    assert "1张图片" in first
    assert "还没有交给任何人" in first
    widget.tap("用来投诉")
    widget.tap("催收骚扰")
    widget.tap("我自己")
    again = widget._turn(  # noqa: SLF001
        lambda: chooser.set_input_files(
            chosen(
                ("转账.jpg", "image/jpeg", photo("blue")),
                ("空的.png", "image/png", b""),
                ("聊天.txt", "text/plain", "再不还就上门".encode()),
            )
        )
    )
    assert "2张图片，1份文字" in again
    assert "发生了什么" in again  # the question of before is asked once more
    assert "没收下：空的.png" in widget.page.locator(".uploads [role=alert]").inner_text()
    width = widget.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    is_accessible(widget.page)
    widget.page.locator(".uploads .dismiss").click()
    widget.say("他们天天半夜来电话说要上门找我")
    widget.tap("够了")
    widget.tap("不留")
    assert "2张图片，1份文字" in widget.tap("同意")
    widget.tap("交上去")
    receipt = widget.receipt()

    desk = handler("证据员", "zh-CN")
    desk.case("说要上门找我")
    assert desk.page.locator(".evidence li").count() == 3
    is_accessible(desk.page)
    desk.page.locator(".evidence a", has_text="图片").first.click()
    picture = desk.page.locator(".evidence-page img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [
        2400,
        1600,
    ]
    is_accessible(desk.page)
    desk.page.go_back()
    desk.page.locator(".evidence a", has_text="文字").click()
    assert desk.page.locator(".evidence-text").inner_text() == "再不还就上门"

    widget.say(f"查进度 {receipt}")
    added = widget._turn(lambda: chooser.set_input_files(chosen(("新.jpg", "image/jpeg", photo("green")))))  # noqa: SLF001
    assert "已经放进您的投诉了：1张图片" in added


def test_over_the_telephone_a_photo_is_asked_about_and_can_be_deleted(stack, phone) -> None:
    resident = phone(7170, "en")
    resident.say("/start")
    fake = httpx.Client(base_url=stack.telegram, trust_env=False)
    shown = resident._after(  # noqa: SLF001
        lambda: fake.post("/control/photo", params={"chat": 7170}, content=photo("red")).raise_for_status()
    )
    fake.close()
    assert "1 picture" in shown
    assert "Nobody else has them yet" in shown
    assert "are deleted" in resident.tap("Delete these")
    assert "1 picture" not in resident.say("I want to complain")
