"""The words of the trade as one pattern: every alternative is a kind of token, the first that fits wins."""

import re

from bot.language.numerals import NUMBER

_N = NUMBER
_STARTS = r"(?<![\d.])"
PATTERN = re.compile(
    "|".join(
        (
            (
                r"(?P<oops>不对(?!劲|称|等)|[哦噢呃啊]不(?=[;, ~\d是])|说错了?|更正|改成|算了;?(?=还是|就|借)"
                r"|我是说|(?<=[;,。 ])不(?=[;,。])"
                r"|(?<=[;,。])不是(?=[;,。])|\bno,? wait\b|\bsorry\b|\bi mean\b|\bcorrection\b|\bactually\b"
                r"|\bmake (?:it|that)\b|\bscratch that\b|(?<=[,.;?] )no(?=,))"
            ),
            r"(?P<denied>(?:并|又|说的)?不是 ?(?=~?\d)|\bnot (?=[~$¥]?\d))",
            (
                r"(?P<free>(?<![\d.])0 ?%?(?:利率|利息|息|分?利(?!\w))|免息|无息|(?<!有)(?:不要|没有|没|不收|不用"
                r"|无|免)(?:任何|一点)?利息"
                r"|\binterest[- ]free\b|\b(?:no|zero|0) interest\b|(?<![\d.])0 ?%(?: apr| interest))"
            ),
            r"(?P<nine_out>9出13归|9进13出|9出13(?!\d))",
            (
                rf"(?P<date>{_STARTS}(?:19|20)\d\d(?:[-/.]\d\d?(?:[-/.]\d\d?)?|年(?:\d\d?月(?:\d\d?[日号])?)?)(?!\d)"
                rf"|{_STARTS}\d\d?月(?:份|\d\d?[日号])?(?!息|利)|{_STARTS}\d\d?号|第{_N}[期个年月天次笔]*"
                r"|(?:(?<=\bin )|(?<=\bsince )|(?<=\bin early )|(?<=\bin late )|(?<=uary )"
                r"|(?<=march )|(?<=april )|(?<=may )|(?<=june )"
                r"|(?<=july )|(?<=august )|(?<=ber ))(?:19|20)\d\d\b(?! ?(?:yuan|rmb|dollars))"
                r")"
            ),
            rf"(?P<minus>(?<![\da-z期月年天%分厘元块万])(?:-|负) ?{_N})",
            (
                r"(?P<method>到期(?:再|才)?还本金?(?!付)|本金(?:到期|最后)(?:再|才|一起|一次性?)?还"
                r"|principal (?:due |repaid |paid |back |returned )*(?:at|in) the end|"
                r"等额本息|本息等额|等额还款|等额本金|等本等息|先息后本|先还利息 ?;?(?:最后|后"
                r"|再)还?本金?|先还息后还本"
                r"|按月(?:付|还)息|每月只?(?:还|付)利息|只还(?:利息|息)|(?:每月)?付息;? ?到期还本(?!付)"
                r"|到期(?:一次性?)?还本付息"
                r"|一次性?还本付息|到期(?:一次性?|连本带利|本息)(?:一起|一次)?(?:还|付|结)清?|一次性?还清|利随本清"
                r"|flat[- ](?:rate )?interest|flat rate|interest[- ]only|interest first|equal (?:monthly )?principal"
                r"|equal (?:monthly |monthly total )?(?:instal+ments?|payments?)|level payments?|annuity"
                r"|amorti[sz]\w+|bullet|\bflat\b(?! fees?)(?=$|[^\w]+(?:per|a|for|on|over|each|every|monthly|\d"
                r"|,|;|$))"
                r"|(?:everything|all|in full|lump sum|principal and interest)(?: of it)?(?: due| payable| paid"
                r"| back| together| at once)?"
                r" (?:at|in) the end|(?:everything|all|in full|lump sum|due) at maturity"
                r"|\b(?:one|1|a) (?:single )?(?:final )?payment at the end)"
            ),
            (
                rf"(?P<percent>{_STARTS}(?P<pc>{_N}) ?(?P<pc_unit>%+(?:个点)?|‰|‱|(?:个半"
                rf"|个)?百?点(?![钟心多半上下前后左])|(?:of )?(?:an? )?per ?cent\b|pct\b"
                r"|percentage points?\b|points?\b|bps\b|basis points?\b|成(?!功|员|本|年|为|都))"
                rf"|(?P<of>百|千|万)分之 ?(?P<of_n>{_N})"
                rf"|(?<![\d.几多])(?P<short>[万千]) ?(?P<short_n>\d(?:\.\d+)?)(?![\d元块])(?! ?[期个年月天]))"
            ),
            (
                rf"(?P<fen>{_STARTS}(?P<fen_n>{_N}) ?(?P<fen_unit>分(?!期|钟|之|析|行|公|开|手|别|成|享|给"
                rf"|付|多(?!$|[的,;。])|几|\d+ ?(?:期|个|月|年|次|周))|厘(?!米)|毫(?!米)"
                r"|[毛角](?= ?(?:\d(?!\d)|半)?的?[利息]))(?P<fen_more>半"
                r"|\d(?![\d期个年月天.]))?(?: ?厘(?!米)(?P<fen_hao>\d(?![\d期个年月天.%]))?)?"
                r"(?P<fen_tail>的?(?:利息?|息))?(?!钱))"
            ),
            (
                rf"(?P<term>{_STARTS}(?P<tn>{_N}) ?(?P<half>个半)?(?:多?个 ?(?=月|星|礼|季"
                rf"|年))?[- ]?(?P<tu>(?:(?<=个)|(?<=个 )|(?<=个半))月"
                rf"|月(?=还清|分期)|年(?![化息利费均])|(?<=[2-9])年(?=利[率息])|天"
                rf"|日(?![元息利均供费还])|周(?![息利转])|星期|礼拜|季度?|期(?!限|数)|次(?=还|付|分|交)"
                r"|months?\b|mos?\b|years?\b|yrs?\b|days?\b|weeks?\b|wks?\b|quarters?\b|quarterly payments?\b"
                r"|periods?\b|(?:monthly|weekly|daily)(?= (?:re)?(?:pay|instal))"
                r"|(?:equal (?:monthly |weekly )?)?(?:instal+ments?|payments?"
                r"|repayments?)\b)(?P<t_half>半| and a half\b)?"
                rf"|(?P<for_a>(?:(?<=for )|(?<=about )|(?<=around )|(?<=over )|(?<=in )|(?<=after )"
                rf"|(?<=within ))an? (?P<fu>month"
                rf"|year|week|day)\b(?! and a half))|(?P<half_of>半 ?(?P<hu>个月|年)"
                rf"|half an? (?P<hu_en>month|year))"
                r"|(?P<and_half>\ban? year and a half\b)"
                r"|(?:(?<=期数)|(?<=期数:)|(?<=期数: )|(?<=期限)|(?<=期限:)|(?<=期限: ))(?P<tb>\d{1,3})(?![\d.,万元块])"
                r"(?! ?(?:[年天日周]|个月)))"
            ),
            (
                rf"(?P<money>(?P<cur>人民币 ?|[¥$£€]|us\$|\brmb ?|\bcny ?"
                rf"|\busd ?)?{_STARTS}(?<![a-z])(?P<mn>{_N})(?!\d)(?!(?<=\b1)[- ](?:off"
                rf"|time)\b)(?!(?<=(?<![\d.])1)[年月日][利息])(?P<big> ?(?:k"
                rf"|w)\b)? ?"
                r"(?P<mu>块(?P<mao>\d(?![\d.] ?|[期个年月天日周厘分]| ?(?:星|礼)))?(?:钱)?|元整?|毛钱?|角"
                r"|分钱|人民币|圆|大洋|rmb\b|cny\b"
                r"|yuan\b|dollars?\b|bucks\b|usd\b|kuai\b|quid\b)?"
                r"(?P<ge>个(?![\d月星礼季小人平多以我你他她]))?)"
            ),
            (
                r"(?P<total>(?:一共|总共|合计|共计|前前后后|前后|加起来|总的)(?:要|得|需要|需)?(?:归?还|付|交)(?:款"
                r"|了|给他们?|给她)?|共(?:要|需)?还|连本带[利息]|本息(?:一共|合计|共)?|总还款额?|还款总额|还完(?:了"
                r"|要|得|一?共|总共)*"
                r"|\bin total\b|\baltogether\b|\btotal(?: (?:repayment|of payments|to repay|payback))?\b"
                r"|\ball in all\b)"
            ),
            (
                r"(?P<once>一次性(?:收取|收|付|交|支付)?|1次性(?:收取|收|付|交|支付)?|\bone[- ](?:off"
                r"|time)\b|\b1[- ](?:off|time)\b"
                r"|\bonce\b)"
            ),
            (
                r"(?P<upfront>砍头息?|头息|前置(?!服)|(?:事|提)?[先预](?:扣除?|收|交|付)(?:掉|了|走)?"
                r"|扣(?:除|掉|下|了|走|去)*|放款前|提前(?:收|交|扣)"
                r"|\bup[- ]?front\b|\bdeduct(?:ed|ing|ion|s)?\b|\bin advance\b|\btaken off\b|\bminus\b"
                r"|\bheld back\b|\bwithheld\b|\bkeeps?\b|\bkept\b|\b(?:took|takes?)\b(?= [$¥£]?\d[\d,.]* out))"
            ),
            (
                r"(?P<fee>(?:分期)?手续费(?P<f1>率)?|(?:前置)?服务费(?P<f2>率)?|(?:分期|月|年|日)?费率"
                r"|分期费|会员费?|担保费?|保险费?|保费|评估费|家访费|咨询费|管理费|中介(?:费|抽成|抽"
                r"|收取?)?|介绍费|保证金"
                r"|押金|资料费"
                r"|工本费|审核费|账户费|走流水费?|展期费|续期费|违约金|好处费|茶水费|点位费|代办费|通道费"
                r"|加急费|解冻费|费用?(?![^一-鿿]?心)"
                r"|(?:\b(?:processing|service|handling|membership|guarantee|insurance|management|platform"
                r"|arrangement|origination|admin|administration|application|monthly|flat|consulting|agency"
                r"|referral|closing|instal+ment) )?\bfees?\b"
                r"|\b(?:insurance|commission|deposit|premium|surcharge|(?:guarantee|service|handling) charges?)\b)"
            ),
            (
                r"(?P<period>(?<![\d个半几多])(?P<p_bare>[月日年])(?= ?(?:~?\d[\d.…]* ?(?:分|厘|%|个?点"
                r"|毛利)|[万千]\d|[百千万]分之|[一-鿿]{2,3}费))|(?:每|一个?|按|/|1个?|平均每)? ?(?P<p_zh>月|日|年"
                r"|周)(?:利率|利息|息|利|费率?|化(?:利率|率)?|均|供|还款|还本付息|还本金?|还)"
                r"|(?:每|/|按|逐) ?(?:1|个|一)?个?(?P<p_each>月|日|天|年|期|周|星期|礼拜|季度?)"
                r"|\b(?:a|an|per|each|every|/|1|by the) ?(?P<p_en>month|mo\b|day|year|annum|week|instal+ment|period"
                r"|quarter)\b|/ ?(?P<p_sl>month|mo|day|year|yr|week|wk|m|d|y|instal+ment|period)\b"
                r"|\b(?P<p_adv>monthly|daily|annually|annual|yearly|annuali[sz]ed|weekly|apr|apy|p\.?a\.?"
                r"|p\.?m\.?|pcm)(?![a-z]))"
            ),
            (
                r"(?P<received>到手|到账|到我手|实收|实到|实得|实发|实际(?:拿|得|收|到|给)到?|拿到手?|收到"
                r"|拿了|只(?:给|打|转|放)了?我?|到卡|下款|给(?:你|我)?(?= ?[¥$~]?\d)|打给我|给我打?|放款"
                r"|\breceiv(?:e|ed|ing)\b|\bgot\b|\bget(?:ting)?\b|\bin (?:my |your |the )?hand\b"
                r"|\bpaid out\b|\bcash in hand\b|\bgave me\b|\bgives? me\b|\bdisbursed\b|\bcredited\b"
                r"|\bnet\b|\blanded\b|\barrived\b|\bhit my\b|\bcame through\b|\btake home\b|\breached (?:me"
                r"|my account)\b)"
            ),
            (
                r"(?P<interest>利息|利率|利钱|息费|[利息](?!率|润|用|索|于|害|好|事)"
                r"|\binterest(?: rate)?\b|\brate\b|\bcharg(?:e"
                r"|es|ed|ing)\b)"
            ),
            (
                r"(?P<pay>月供|还款额?|归还|偿还|供款|要还|得还|还给|还他|还本金?(?!带)|[还付交](?!有|没"
                r"|是|不|能|可以|行|差|会|说|让|叫|多|上|款方式|要(?![还付交\d])|得(?![还付\d])"
                r"|需要(?![还付\d])|清)"
                r"|\b(?:re)?pay(?:ing|s|ments?)?(?: back| off)?\b|\brepayments?\b|\bpaid back\b"
                r"|\binstal+ments? of\b|\breturn(?:ing)?\b|\bg[ia]ve back\b|(?<=\d )back\b)"
            ),
            (
                r"(?P<principal>借款金额|借款|贷款|本金|借贷|借|贷|额度|合同(?:金额|上|里)?(?:写"
                r"|签)?的?(?:是)?|欠条|面值|打条"
                r"|(?:合同|贷款|借款)?金额|\bborrow(?:ed|ing|s)?\b|\bloans?\b|\bowe\b"
                r"|\blen[dt](?:ing|s)?\b|\bprincipal\b|\bcredit of\b)"
            ),
            r"(?P<stop>[;。!?\n、,()]|\.(?= |$)|\bbut\b|\band\b|\bthen\b|\bwith\b)",
        )
    )
)
