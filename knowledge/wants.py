"""What kind of thing a question wants (a day, a sum, a number of people) and whether facts give it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.library import Fact


@dataclass(frozen=True)
class Kind:
    """A kind of answer: how it is asked for, what a sentence that gives it looks like, what it is called."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


_DIGIT = r"[\d一二三四五六七八九十两百千]"
_WHEN = (
    r"什么时候|啥时候|何时|几月|几号|哪天|哪个月|什么时间|啥时间|哪年|哪一年|几几年|多会儿|几点|哪个季度"
    r"|什么日子|日期是"
)
_UNITS = ("份本册套", "个家", "项件条点方", "批", "块", "间", "期", "种类样", "栏处格", "篇")
_COUNTED = re.compile(rf"(?:几|多少)个?([{''.join(_UNITS)}])(?!人|月|工作日|字|天|年|钱|时|级)")
KINDS = (
    Kind(
        "金额",
        re.compile(
            r"多少钱|几万|几千|多少万|多少元|几块钱|金额|数额|几千块|多少经费|多少资金|多少补助|多少奖金|资助多少|奖多少|给多少(?!个|家|名)|补多少|多支持多少|扶持多少|出多少(?!个|家)|拨多少|多少个w|掏多少"
        ),
        re.compile(rf"{_DIGIT}+万?元|不收费|由.*承担"),
    ),
    Kind(
        "时间",
        re.compile(_WHEN),
        re.compile(rf"{_DIGIT}+月|\d+日|\d{{4}}年|年底|年末|下半年|上半年|期末|期满|发布之日|获评|时\b|印发起"),
    ),
    Kind(
        "月份",
        re.compile(r"几月|哪个月|哪月|哪日|几号|哪天|哪一天|月份"),
        re.compile(rf"{_DIGIT}+月|\d+日|年底|年末|月底|周期末"),
    ),
    Kind(
        "上限",
        re.compile(r"封顶|上限|最高(?:能)?(?:给|拿|多少|是)|最多(?:能)?(?:给|拿|奖)"),
        re.compile(r"不超过|最高|上限|至多|以内|以下"),
    ),
    Kind(
        "技能等级",
        re.compile(r"技能等级|什么等级|啥等级|几级工|什么职称|啥职称|职称要求"),
        re.compile(r"技师|高级工|等级|职称"),
    ),
    Kind(
        "天数",
        re.compile(r"几天|多少天|几个工作日|多少个工作日|几日内|提前几"),
        re.compile(rf"{_DIGIT}+(?:天|日|个工作日)|月底|年底|\d+月"),
    ),
    Kind(
        "期限",
        re.compile(
            r"多长时间|多久(?!一次|搞|开|评|来|办|选|活动|命名)|几个月|多少个月|几年(?!一|评|选|命名|搞|办|来|的|下来)"
        ),
        re.compile(rf"{_DIGIT}+(?:年|个月|天|日)|长期|终身|月底|年底|\d+月|周期|重新申报|连续"),
    ),
    Kind(
        "地点",
        re.compile(r"哪个城市|在哪(?:儿|里)?(?:开|办|举行|召开|举办)|什么地方(?:开|办|举行)|哪座城"),
        re.compile(r"市(?!总|职|级|工)|北京|地址|现场|在.{1,6}举"),
    ),
    Kind(
        "人数",
        re.compile(
            r"几位|多少位|几名|多少名|几个人|多少人|多少个人|几人|几个(?:专家|评委|委员|人)|多少(?:委员|评委|专家)|人数"
        ),
        re.compile(rf"{_DIGIT}+\s*(?:人|名|位)|1名|相对稳定"),
    ),
    Kind(
        "次数",
        re.compile(
            r"几次|多少次|几回|几趟|几期|多久(?:一次|搞|开|评|来|办|选|活动|命名)|几年(?:一|评|选|命名|搞|办|来)"
        ),
        re.compile(rf"每{_DIGIT}*(?:年|月|季|周)|一次|月有|年有|\d次"),
    ),
    Kind(
        "分值",
        re.compile(r"多少分|几分(?!期|年|批|开)|打分|评分|分值|满分|及格线|合格线|占多少|权重|百分制"),
        re.compile(rf"{_DIGIT}+分"),
    ),
    Kind("字数", re.compile(r"多少字|几字|多少个字|字数"), re.compile(rf"{_DIGIT}+\s*字")),
    Kind("年龄", re.compile(r"多少岁|几岁|年龄上限|平均年龄|岁数|不能超过多少岁"), re.compile(rf"{_DIGIT}+岁")),
    Kind(
        "面积",
        re.compile(r"多少平|几平|多大(?:面积|地方|场地|的屋|的房|的场|才)|面积(?:多大|要求|多少)"),
        re.compile(rf"{_DIGIT}+平"),
    ),
    Kind("尺寸", re.compile(r"多大(?:一块|的牌|尺寸)|尺寸|长宽|多宽|多长多宽"), re.compile(r"cm|厘米")),
    Kind("联系电话", re.compile(r"电话|座机|手机号|号码"), re.compile(r"\d{7,}")),
    Kind("邮箱", re.compile(r"邮箱|电子信箱|email"), re.compile(r"邮箱|@")),
    Kind("网址", re.compile(r"网址|链接|官网"), re.compile(r"\.(?:cn|com|org)")),
)


def missing(text: str, facts: Iterable[Fact]) -> tuple[str, ...]:
    """The kinds of thing a question wants and none of these facts gives.

    Args:
        text: the question, programmes' names taken out.
        facts: what the answer is going to show.
    """
    said = "；".join(fact.says for fact in facts)
    lacks = [kind.name for kind in KINDS if kind.asked.search(text) and not kind.given.search(said)]
    return (*lacks, *(["数量"] if _lacks_number(text, said) else []))


def _lacks_number(text: str, said: str) -> bool:
    """Whether 几份, 多少家 … is asked and no such number is said (个 and 家 are one)."""
    for hit in _COUNTED.finditer(text):
        unit = next(group for group in _UNITS if hit[1] in group)
        if not re.search(rf"(?!一批){_DIGIT}+\s*[{unit}]|：.*、", said):
            return True
    return False


def is_open_choice(text: str, facts: Iterable[Fact]) -> bool:
    """Whether a question asks A还是B and these facts speak of neither.

    Args:
        text: the question, programmes' names taken out.
        facts: what the answer is going to show.
    """
    hit = re.search(r"(?:是)?([^，,。；？?]{2,10}?)，?还是([^，,。；？?]{2,10})", text)
    if not hit:
        return False
    said = "；".join(fact.says for fact in facts)
    return not any(option[at : at + 2] in said for option in hit.groups() for at in range(len(option) - 1))
