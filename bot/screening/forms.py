"""Links and numbers judged by their form alone: nothing is looked up, nothing leaves the machine."""

import re
from collections.abc import Iterator

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,12}"
LINK = re.compile(rf"(?:https?://[^\s一-鿿,;。、]+|(?<![a-z0-9@.]){_HOST}(?:/[^\s一-鿿,;。、]*)?(?![a-z0-9]))")
_SHORTENERS = (
    r"(?:t\.cn|dwz\.cn|url\.cn|suo\.(?:im|nz)|u\.nu|bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|cutt\.ly|rb\.gy|"
    r"3\.cn|c1n\.cn|tb\.cn|m\.tb\.cn|ow\.ly|shorturl\.at|rebrand\.ly|s\.id|v\.ht)"
)
_CHEAP_ENDINGS = (
    r"(?:top|xyz|vip|icu|cc|club|online|site|shop|work|fun|live|loan|pw|tk|ml|ga|cf|gq|buzz|win|bid|life|ink)"
)
# The name of a bank, an authority or a shop inside an address that is not its own.
_BORROWED = (
    r"(?:icbc|ccb|abc-?bank|boc-|bankofchina|cmb|95588|95533|95566|95599|10086|12306|alipay|wechat|weixin|gov-|-gov|"
    r"jd-|-jd|taobao|pingan|unionpay|police|etc-|-etc|usps|royalmail|paypal|netflix|amazon|apple-?id|hmrc|irs-|dhl|fedex|"
    r"bank-?|secure-|verify-|login-|account-)"
)
_OWN = (
    r"(?:(?:[a-z0-9-]+\.)*(?:icbc\.com\.cn|ccb\.com(?:\.cn)?|abchina\.com(?:\.cn)?|boc\.cn|cmbchina\.com|psbc\.com|10086\.cn|"
    r"12306\.cn|alipay\.com|weixin\.qq\.com|jd\.com|taobao\.com|pingan\.com|95516\.com|gov\.cn|usps\.com|royalmail\.com|"
    r"paypal\.com|netflix\.com|amazon\.com|apple\.com|gov\.uk|irs\.gov|dhl\.com|fedex\.com))(?![a-z0-9.-])"
)
ODD_LINK = re.compile(
    rf"(?:https?://)?(?<![a-z0-9@.-])(?!{_OWN})(?:"
    rf"{_SHORTENERS}/[a-z0-9]+|"
    rf"(?:[a-z0-9-]+\.)+{_CHEAP_ENDINGS}(?![a-z0-9-])(?:/\S*)?|"
    rf"(?:[a-z0-9-]*\.)*[a-z0-9-]*{_BORROWED}[a-z0-9-]*(?:\.[a-z0-9-]+)+|"
    r"xn--[a-z0-9-]+(?:\.[a-z0-9-]+)+|"
    r"(?<=://)\d{1,3}(?:\.\d{1,3}){3}\S*|"
    r"https?://\d{1,3}(?:\.\d{1,3}){3}\S*)"
)
PHONE = re.compile(
    r"(?<![0-9.])(?:(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]){8}|400[ -]?[0-9]{3}[ -]?[0-9]{4}|0[0-9]{9,10})(?![0-9])"
)
FOREIGN_NUMBER = re.compile(r"(?<![0-9a-z])(?:\+|00)(?!86)[1-9][0-9]{0,2}[ -]?[0-9](?:[ -]?[0-9]){6,11}(?![0-9])")
NUMBER = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*|[一二三四五六七八九两几数][十百千万]+(?:[一二三四五六七八九][十百千]?)*|\*{2,}|"
    r"(?<![a-z])x+(?=[年月日时点号元块万千百分%])|(?<![a-z])x{3,}(?![a-z])"
)

_IN_EVERY_LINK = re.compile(r"\.[a-z0-9-]|://")
_DIGIT = re.compile("[0-9]")
# By what stands in every one of them, so that most texts need not be searched for links.
_ALL = (
    (_IN_EVERY_LINK, (("<link>", LINK), ("<odd-link>", ODD_LINK))),
    (_DIGIT, (("<phone>", PHONE), ("<foreign-number>", FOREIGN_NUMBER))),
    (None, (("<n>", NUMBER),)),
)


def found(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Every link and number with the name of its form."""
    for needed, patterns in _ALL:
        if needed is None or needed.search(text):
            for name, pattern in patterns:
                for match in pattern.finditer(text):
                    yield name, match
