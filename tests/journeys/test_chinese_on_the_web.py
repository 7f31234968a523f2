"""The whole main job in Chinese: a resident at the widget, a handler at the console, both in a real browser."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

SCAM = "【XX金融】您的30万额度已下发，放款前请先缴纳3000元保证金解冻账户，加微信办理，不看征信"


class Widget:
    """A resident at the page with the widget."""

    def __init__(self, page):
        self.page = page

    def _turn(self, act):
        before = self.page.locator(".message.bot").count()
        act()
        self.page.wait_for_function(
            """before => {
                const root = document.querySelector("mingbai-chat").shadowRoot;
                const busy = root.querySelector(".typing.on");
                return !busy && root.querySelectorAll(".message.bot").length > before;
            }""",
            arg=before,
        )
        return "\n".join(self.page.locator(".message.bot").nth(at).inner_text() for at in range(before, self.count()))

    def count(self):
        return self.page.locator(".message.bot").count()

    def say(self, text):
        def act():
            self.page.locator("#input").fill(text)
            self.page.keyboard.press("Enter")

        return self._turn(act)

    def tap(self, title):
        return self._turn(self.page.locator(".choice", has_text=re.compile(f"^{title}")).last.click)

    def receipt(self):
        return " ".join(self.page.locator(".card.receipt .digits span").all_inner_texts())


@pytest.fixture
def widget(stack, page):
    made = page(locale="zh-CN", viewport={"width": 360, "height": 740}, color_scheme="light")
    made.goto(stack.web)
    made.locator(".choice").first.wait_for()
    return Widget(made)


def test_from_the_first_word_to_the_answer_of_the_desk(stack, widget, handler, is_accessible):
    greeting = widget.page.locator(".message.bot").first.inner_text()
    assert "免费公益服务的电脑程序，不是真人" in greeting
    for part in (ask_what_a_loan_costs, check_a_message, take_a_lesson, complain):
        is_accessible(widget.page)
        part(widget)
    is_accessible(widget.page)

    desk = handler("李华", "zh-CN")
    desk.case("极速贷")
    assert desk.page.get_by_text("一般什么钟点来").count() == 1
    is_accessible(desk.page)
    desk.take()
    desk.write("note", "先核对合同")
    desk.move("triaged")
    desk.move("in_progress")
    desk.write("answer", "您好，我们已经联系对方，他们不能再打给您的家人。")
    is_accessible(desk.page)

    # Pushed to the open page, and there again after a reload.
    widget.page.get_by_text("他们不能再打给您的家人").last.wait_for()
    widget.page.reload()
    widget.page.get_by_text("他们不能再打给您的家人").last.wait_for()
    is_accessible(widget.page)


def ask_what_a_loan_costs(widget):
    answer = widget.say("借一万，月息2分，分12期还")
    for figure in ("945.60", "11,347.15", "1,347.15", "24%", "26.82%", "12%"):
        assert figure in answer, figure
    card = widget.page.locator(".card.loan_cost").last
    assert card.locator("svg").count() >= 1
    card.locator("summary").first.click()
    assert card.locator("tbody tr").count() >= 12


def check_a_message(widget):
    widget.tap("主菜单")
    widget.tap("看一条消息")
    assert "保证金" in widget.say(SCAM)
    assert widget.page.locator(".card.verdict").count() == 1


def take_a_lesson(widget):
    widget.tap("主菜单")
    widget.tap("三分钟学一课")
    widget.tap("利息到底是多少")
    for forward in ("下一页", "下一页", "做两道"):
        widget.tap(forward)
    assert "不是这个" in widget.tap("A")
    widget.tap("下一题")
    assert "对了" in widget.tap("C")
    assert "1" in widget.tap("看结果")


def complain(widget):
    widget.say("我要投诉")
    widget.tap("催收骚扰")
    widget.tap("我自己")
    widget.say("天天给我妈打电话，还骂人。我身份证号是11010519491231002X")
    widget.say("不知道叫什么，微信上的")
    widget.tap("晚上10点到早上8点")
    assert "联系方式" in widget.say("尾号3344的座机")
    widget.tap("不留")
    summary = widget.tap("同意")
    assert "家里人或亲友（聊天里说过的）" in summary
    assert "11010519491231002X" not in summary
    widget.tap("改一改")
    widget.tap("改“跟谁”")
    widget.say("极速贷")
    widget.tap("改一改")
    widget.tap("补“希望”")
    assert "别再打电话了" in widget.say("别再打电话了，停止骚扰")
    widget.tap("交上去")
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", widget.receipt())


def test_the_receipt_alone_opens_the_case_anywhere(stack, page, widget):
    widget.say("我要投诉")
    widget.tap("其他")
    widget.tap("我自己")
    for answer in ("合同没给我", "村口放贷的", "借了三千", "说过，不理", "去年"):
        widget.say(answer)
    widget.tap("不留")
    widget.tap("同意")
    widget.tap("交上去")
    receipt = widget.receipt()

    other = page(locale="zh-CN")
    other.goto(stack.web)
    other.locator(".choice").first.wait_for()
    elsewhere = Widget(other)
    elsewhere.tap("查我的投诉")
    assert "还没有答复" in elsewhere.say(receipt) or "收到" in elsewhere.page.locator(".card.case").inner_text()
    assert "收到" in elsewhere.page.locator(".card.case").inner_text()


def test_what_is_typed_is_only_ever_text(widget):
    hostile = '<img src=x onerror=alert(1)> \'; DROP TABLE cases;-- \u202e עברית 😀 /menu{"a":1}'
    assert widget.say(hostile)
    own = widget.page.locator(".message.user").last
    assert own.locator("img").count() == 0
    assert "<img src=x" in own.inner_text()
    assert widget.say("/action_file_complaint")
    assert widget.say("长" * 100_000)
