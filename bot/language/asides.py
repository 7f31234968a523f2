"""Numbers that say nothing about the loan: ages, telephone numbers, scores, clock times, how often somebody called.

They are blanked before anything is read, in place and at equal length, so that what remains is quoted as written.
"""

# ruff: noqa: E501 - one pattern a line is easier to check than one broken in the middle
import re

_N = r"(?:[\d,.]{1,12}|[零一二两三四五六七八九十百几]{1,8})"
_SUM = r"(?:[\d,.]{1,12}|[零一二两三四五六七八九十百千万几]{1,12})(?: ?[kw万千]\d?)?(?:多|来)?(?:块钱?|元)?"
_ASIDE = re.compile(
    "|".join(
        (
            # telephone, chat and identity numbers, file numbers, the end of a card number
            r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",
            r"(?<!\d)0\d{2,3}[ -]\d{7,8}(?!\d)|(?<![\d.,])400[ -]\d{3,4}[ -]\d{3,4}(?!\d)",
            r"(?<![\d.])\d{6}(?:18|19|20)\d{9}[\dx]?(?!\d)",
            (
                r"(?:qq ?群?|微信号?|vx|wx|扣扣|群号|客服热线|热线|电话|手机号|联系方式|尾号|编号|单号|订单号?|工号|卡号"
                r"|账号|证号|验证码|邀请码|密码|门牌号?)[ 是为:;号码]{0,4}(?:[a-z]{0,4}[-_]?\d[\d -]{2,24}[\dx])"
            ),
            r"(?:拨打|打|拨)(?: ?电话)? ?\d{3,6}(?!\d|[.,]\d|[块元kw万千百]| ?(?:给|到))(?:(?=投诉|举报|有|热|问|咨)|(?=$|[^\d]))",
            (
                r"\b(?:phone|tel|telephone|mobile|number|whatsapp|wechat|qq|call|dial|ring|text|ref(?:erence)?|account"
                r"|contract|order|case|id|loan number|loan no)\b(?: (?:me|us|number|no|is|at|on))*[ .:#]*\+?\d[\d -]{1,24}\d(?![\d,.])(?! ?(?:yuan|rmb|%|k\b|dollars|month|year|day|week))"
            ),
            rf"(?<![\d.]){_N} ?[栋幢] ?{_N} ?单元 ?\d*",
            r"张三|李四|王五|赵六|王二|老[三四五六七八九](?!百|千|万)",
            r"(?:the )?first (?:month|week)'?s interest (?:is |was |gets )?(?:deducted|taken|kept)(?: up ?-?front| first)?",
            # ages
            rf"(?<![\d.]){_N} ?(?:多 ?)?周?岁",
            r"(?:(?:今年|我都|我已经|都|已经) ?)(?:[1-9]\d|[二三四五六七八九]?十[一二三四五六七八九]?)(?=了|[;,。] ?(?:能|还能|可|想|要|没|有))",
            r"(?<![\d.])\d{1,3}[- ]?(?:years?|yrs?|yo|y/o)[- ]?(?:old\b|of age\b)|(?<![\d.])\d\d ?(?:y/o|yo)\b",
            r"\b(?:i am|i'm|im|he is|she is|he's|she's|aged?|turned|age is) \d\d(?![\d,.%]| ?(?:k\b|thousand|yuan|%|months?|days?|weeks?|percent))",
            # scores
            r"(?:征信|芝麻|信用分|评分)[^;,。\d]{0,4}分?[^;,。\d]{0,3}\d{3} ?(?:多 ?)?分?(?![\d万千元块%])",
            r"\b(?:credit )?score[^.;,\d]{0,12}\d{3}(?!\d)",
            # clock times and how fast
            rf"(?:早上|上午|中午|下午|晚上|半夜|凌晨|夜里|傍晚|今晚|每晚|三更) ?(?:{_N} ?点(?:半|{_N}分?)?|半夜)",
            rf"(?<![\d.]){_N} ?点(?:钟|半(?=[到给打来去前后]|$)|{_N} ?分(?!利|息))|(?<!\d)\d\d?:\d\d(?!\d)|三更半夜",
            r"(?<![\d.])\d\d?(?::\d\d)? ?(?:[ap]\.?m\.?|o'?clock)\b(?! ?\d)(?<!pm on)",
            rf"(?<![\d.]){_N} ?(?:多 ?)?个?(?:半)?(?:小时|分钟|秒钟?|钟头)",
            r"(?<![\d.,])(?:\d{1,4}|one|two|three|five|ten|thirty)[- ]?(?:hours?|hrs?|minutes?|mins?|seconds?)\b",
            # late by, so and so often, so many people, calls, things
            rf"(?:逾期|拖欠|欠款|晚|迟|拖)(?:了)? ?{_N} ?(?:多 ?)?(?:天|日|个月|年|期|个多月)(?:了|没还)?",
            r"(?<![\d.])(?:\d{1,4}|one|two|three|four|five|six|ten) (?:days?|weeks?|months?|years?) (?:overdue|late|behind|in arrears|past due|ago)\b",
            rf"(?:一天|每天|一个月)?(?:给我|给家里|给我家)?(?:打|接|收|发)(?:了|到|来)? ?{_N}(?: ?多)? ?(?:个|通|条|次|遍)(?:催收)?(?:电话|短信|信息|消息)?(?![月期点年半])",
            rf"(?<![\d.第]){_N}(?: ?多)? ?(?:个|名|位|口|家|户|栋|单元|号楼|层|楼|平米?|公里|亩|斤|头|只|辆|台|套|部|份|张|笔|遍|回|本|步|趟|位数|万公里)(?=[人孩户儿女朋同公平台银机催收短信电里贷账子老娃房车牛羊猪卡合次家借;,。 都单号0-9问的能批]|$|说|上|楼|也|了|不)(?!月|星|礼)(?<!个)",
            rf"(?<![\d.第]){_N}(?: ?多)? ?个(?:人|小?孩|娃|儿子|女儿|朋友|同事|亲戚|平台|电话|短信|账户|app|字|问题|原因|办法|平|单元|贷款|选择|愿意|亲)",
            rf"(?<![\d.]){_N} ?万 ?公里|(?:借|贷|问|来|去|还)过 ?{_N} ?[次回家]",
            r"(?<![\d.,])\b(?:\d{1,2}|one|two|three|four|five|six) (?:people|persons?|kids?|children|sons?|daughters?|friends?|loans?|calls?|times|lenders?|banks?|apps?|rooms?|men|women|questions?)\b(?! a(?:t)? )",
            r"\b\d{1,4} times a (?:day|week|month)|\b(?:apartment|apt|flat|room|building|floor|house|street|no\.|unit) ?#?\d{1,5}\b(?! ?%)",
            r"\binstal+ment (?:number|no\.?|#) ?\d+|\b(?:the |my )?\d{1,3}(?:st|nd|rd|th)\b(?! of)",
            # what somebody earns, owns or pays down
            rf"(?:月?工资|月薪|年薪|底薪|月?收入|年收入|挣|退休金|养老金|低保|社保)(?:大概|大约|只有|才|每月|一个月|一年|到手|有|是|的|:| )*{_SUM}",
            rf"(?:每个?月|一个月|一年)?(?:挣|赚){_SUM}",
            r"\b(?:earn(?:ing)?|make|salary|wages?|income|pension|paycheck)(?: (?:is|of|about|only|around|was))*:? ?[$¥£]?\d[\d,.]{0,12}k?(?: ?(?:yuan|rmb|dollars))?(?: (?:a|per|each|every) (?:month|year|week|day)| monthly)?",
            rf"首付(?:款)?(?:是|了|要|付|:| )*(?:{_N}%|{_N}成|百分之{_N}|{_SUM})",
            r"\b(?:pay |put )?[$¥£]?\d[\d,.]{0,12}k?%? (?:down(?: ?payment)?)\b|\bdown ?payment(?: of| is|:)? ?[$¥£]?\d[\d,.]{0,12}k?%?",
            # sayings
            r"百分之百|100 ?%(?= ?(?:通过|下款|放款|成功|能|可|批|包|真|正|有|安|保|approv|legit|safe|guarante|sure|real|pass|success|certain))",
            r"一万个(?=不|愿|放心|理由)|千真万确|十有八九|亿万[一二两三四五六七八九\d]|叫?万[一二三四五六七八九](?=[;,。]|$)(?<=叫..)|一点都?(?=不|也|没)|一分(?:钱)?(?:都|也)(?=[没不])",
            r"(?:罚息|上浮|下浮|浮动)(?:上浮|下浮)?(?:了|为|是)? ?[\d.]+ ?%|上浮百分之[零一二三四五六七八九十]+",
            r"(?:六|五|七|八|六七|五六|七八)位数",
        )
    )
)  # fmt: skip


def blank_asides(folded: str) -> str:
    """The text with such numbers as ``#``, exactly as long."""
    return _ASIDE.sub(lambda found: "#" * len(found[0]), folded)
