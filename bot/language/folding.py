"""Letters folded to one form before anything is read: width, case, traditional letters, slips of ear and input method.

Folding never changes the length of a text, so that what was understood can be quoted as it was written.
"""

import re
import unicodedata
from functools import lru_cache

MOST_READ = 4000
"""How much of a text is read for numbers; nobody states an offer at greater length."""

_TRADITIONAL = (
    "萬億兩圓塊錢個點費貸還額實際帳賬險擔員續務週間後貳陸參總連帶無給頭預應償該們過從開約幾銀單"
    "種對嗎麼號來將餘禮歲壹釐證詢評諮審覈違稅資則當鐘劃價領淨業滾驢壓紅為說裡這倆憑發會讓張貼內"
    "現時滿結"
)
_SIMPLIFIED = (
    "万亿两圆块钱个点费贷还额实际账账险担员续务周间后贰陆参总连带无给头预应偿该们过从开约几银单"
    "种对吗么号来将余礼岁壹厘证询评咨审核违税资则当钟划价领净业滚驴压红为说里这俩凭发会让张贴内"
    "现时满结"
)
_ONE_FOR_ONE = str.maketrans(
    _TRADITIONAL + "〇○幺俩圆叁帐｡、；：！？",
    _SIMPLIFIED + "零零一两元三账。;;:!?",
)
_SLIPS = {
    "月西": "月息", "月习": "月息", "月吸": "月息", "月系": "月息", "月悉": "月息", "越息": "月息",
    "约息": "月息", "日西": "日息", "日习": "日息", "年西": "年息", "年习": "年息", "利西": "利息",
    "利习": "利息", "力息": "利息", "历息": "利息", "立息": "利息", "利细": "利息", "等额本西": "等额本息",
    "等额本习": "等额本息", "等额本系": "等额本息", "等额本利": "等额本息", "等额利息": "等额本息",
    "等鹅本息": "等额本息", "等鹅本金": "等额本金", "灯额本息": "等额本息", "等额本今": "等额本金",
    "先西后本": "先息后本", "先习后本": "先息后本", "先系后本": "先息后本", "先吸后本": "先息后本",
    "先息厚本": "先息后本", "等本等西": "等本等息", "等本等习": "等本等息", "砍头西": "砍头息",
    "砍头习": "砍头息", "坎头息": "砍头息", "看头息": "砍头息", "手续非": "手续费", "手序费": "手续费",
    "首续费": "手续费", "会员非": "会员费", "但保费": "担保费", "单保费": "担保费", "道手": "到手",
    "倒手": "到手", "到帐": "到账", "个点儿": "个点的", "年划": "年化", "年话": "年化", "日利滤": "日利率",
    "利滤": "利率", "利律": "利率", "力率": "利率",
}  # fmt: skip
_SLIP = re.compile("|".join(sorted(_SLIPS, key=len, reverse=True)))
_WIDE_GROUPING = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter


def fold(text: str) -> str:
    """The text in plain letters, exactly as long."""
    # A Chinese comma parts clauses; only between full-width digits does it group thousands.
    text = _WIDE_GROUPING.sub(",", text).replace("，", ";").replace("…", ";")
    if not text.isascii():
        text = "".join(map(_letter, text)).translate(_ONE_FOR_ONE)
        return _SLIP.sub(lambda found: _SLIPS[found[0]], text)
    return text.lower()
