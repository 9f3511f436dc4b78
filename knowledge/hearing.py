"""What a person says -> answers: to the question that was asked, and to others nobody asked yet."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.quantities import NUMBER, Quantity, number, quantities
from knowledge.traits import Answer, Blank, Choice, Kind, Trait
from knowledge.wording import normalise

CLOSE = 75.0  # likeness in percent from which a choice is recognised in spite of a slip
LONGEST_SLIP = 10  # characters of a text that may be a choice with a slip in it
ABOUT = 0.2  # so far from a bound a figure that is only about right settles nothing


def _any_of(words: str) -> re.Pattern[str]:
    """A pattern of any of the words, which are patterns themselves."""
    return re.compile("|".join(words.split()))


_BLANKS = (
    (Blank.LATER, _any_of("稍后 以后再 回头再 待会 等会 等一下再 下次再 先跳过 跳过 先空着 先不答 过会")),
    (Blank.INAPPLICABLE, _any_of("不适用 不涉及 用不上 用不着 与我们无关 跟我们无关 没这回事")),
    (
        Blank.UNSURE,
        _any_of(
            "不清楚 不知道 不晓得 不确定 说不好 说不准 不太清 不了解 不好说 没统计 没数过 吃不准 忘了"
            " 搞不清 记不清 不记得 想不起"
        ),
    ),
)
_HALF = _any_of(
    "部分 有的有 差不多 马马虎虎 凑合 还行吧 一半 不全 不太 不怎么 算是 勉强 正在 还在 快了 快批"
    " 快好 快下来 准备 打算 计划 基本"
)
_NOT_NO = _any_of(
    "不是没有? 没错 没问题 没有问题 不错 不光 不但 不仅 不止 无疑 无误 没得说 没落下 [不没][缺差少]"
    " 有没有 是不是 能不能 会不会 够不够 不低于 不少于 不下"
)
_NO = _any_of("没 不 无 未 否 缺 ^莫 冇 差得 差点 哪有 ^no?$")
_PLAIN_NO = re.compile(
    r"(?:还|都|目前|现在|暂时|真)?(?:没(?:有|得|做|挂|贴|建)?|没(?:拿|得|有)过|不(?:是|行)?|否|无)(?:呢|的|啊|过|了)?"
)
_YES = _any_of(r"是 有 对 嗯 恩 行 好 可以 已 了 全 齐 都 够 能 会 过 当然 必须 肯定 中 得 ok yes y\b √ 符合 满足 达到")
_PIECES = re.compile(r"[，,。；;！!？?\n、]|但是|不过|可是|但|然后|而且")
_UNDER, _OVER = _any_of("不到 不足 不满 少于 小于 低于 差一点"), _any_of("多 余 以上 超过 不止")
_NEARLY = _any_of("来 左右 大概 大约 约 差不多 上下 可能 估计 将近 近")
_RANGE = re.compile(rf"({NUMBER})\s*(?:到|至|-|~|—|或|或者)\s*({NUMBER})")
_TWO_DIGITS = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])(?=[个名位人])")
_BARE = re.compile(rf"(?<![\d.第a-z]){NUMBER}(?!\s*[点天年月日号次岁万块元%\d])")
_TURNED_AWAY = re.compile(r"(?:没有?|不是|不算|不在|非|不|未)(?:[评当得拿获选]上?[过到]?)?$")  # before a choice's word
_SHORT_ANSWER = 4  # characters
_LIGHT = frozenset(
    "的了是有没都不就在个里上下已经过得我们你他她它这那也还很挺好对嗯啊呢吧呀能会可以要去来到给和跟一些点全齐够什么听说"
)
_LONGEST_WITH_A_NUMBER = 10  # characters; in a longer sentence a number without its unit counts something else
_NONE = re.compile(r"(?:[一1]?个)?[也都还]?(?:没有?|无|零)[报用]?[过了]?")
_NOT_OURS = _any_of("公司 集团 单位 厂里 全厂 企业 车间共 徒弟 培训 带了 参加 占地 获奖 职工总数")
_NOTHING_AT_ALL = re.compile(r"没[^，。?？]{0,5}(?:什么|啥|哪|谁)|(?:什么|啥|谁)[^，。?？]{0,2}[没不]|不怎么")
_ASKS = re.compile(
    r"[?？]\s*$|[吗嘛么]\s*[。.!！]?$|(?<![有没着是在了])呢\s*[。.!！]?$|几[个人家年月天份]|[哪谁啥咋]|什么|怎么|多少|为何|是否|能不能|可不可以|要不要|算不算"
    r"|是不是|有没有|需不需要|行不行|够不够|何为|指的是|意思"
)


@dataclass(frozen=True)
class Heard:
    """What was understood as an answer: an answer, why there is none, or that it has to be said more exactly."""

    answer: Answer | None = None
    blank: Blank | None = None
    is_vague: bool = False


def hear(text: str, trait: Trait, bounds: Iterable[float] = ()) -> Heard | None:
    """An answer to the question of a trait; none where the text is no answer to it.

    Args:
        text: what was said.
        trait: what was asked.
        bounds: numbers at which something turns: a figure that is only about right must not be near one.
    """
    said = normalise(text).strip(" 。.，,！!~～、?？")
    if not said:
        return None
    if blank := next((blank for blank, words in _BLANKS if words.search(said)), None):
        return Heard(blank=blank)
    if trait.kind is Kind.NUMBER:
        return _hear_number(said, trait, tuple(bounds))
    return _hear_yes(said, trait) if trait.kind is Kind.YES else _hear_choice(said, trait)


def overhear(text: str, traits: Iterable[Trait]) -> dict[str, Answer]:
    """Answers to questions nobody asked yet, out of what a person tells: 我们5个人，带头人是高级技师，场地18平."""
    said = normalise(text)
    found: dict[str, Answer] = {}
    for piece in _PIECES.split(said):
        for trait in traits:
            answer = _overheard(piece, trait)
            if answer is not None:
                found.setdefault(trait.id, answer)
    return found


def pieces_of(text: str) -> list[str]:
    """A message in the pieces that each tell one thing."""
    return [piece for piece in _PIECES.split(normalise(text)) if piece.strip()]


def is_question(text: str) -> bool:
    """Whether a text asks something rather than answering; 没什么 and 啥也没有 answer."""
    said = _NOTHING_AT_ALL.sub("没有", normalise(text).strip())
    return bool(_ASKS.search(said))


def _hear_yes(said: str, trait: Trait) -> Heard | None:
    """Yes or no; where a yes is taken back in the same breath, or only half is there, it has to be asked again."""
    if any(word in said for word in trait.denies):
        return Heard(answer=False)
    plain = _NOT_NO.sub("是", said)
    pieces = [piece for piece in _PIECES.split(plain) if piece]
    if pieces and _PLAIN_NO.fullmatch(pieces[0]):
        return Heard(answer=False)
    if _HALF.search(plain):
        return Heard(is_vague=True)
    pieces = [piece for piece in pieces if _is_to_the_point(piece, trait)]
    answers = {not _NO.search(piece) for piece in pieces if _NO.search(piece) or _YES.search(piece)}
    if len(answers) > 1:
        return Heard(is_vague=True)
    return Heard(answer=answers.pop()) if answers else None


def _is_to_the_point(piece: str, trait: Trait) -> bool:
    """Whether a piece can be meant for this question: a short one, or one that speaks of what was asked.

    车间里有个小屋 has a 有 in it and is no yes to a question on results.
    """
    content = [one for one in piece if one.isalnum() and one not in _LIGHT]
    asked = f"{trait.asks}{trait.name}"
    return len(piece) <= _SHORT_ANSWER or 2 * sum(one in asked for one in content) >= len(content)


def _hear_choice(said: str, trait: Trait) -> Heard | None:
    if found := _choices(said, trait):
        return Heard(answer=found[0].id)
    if len(said) > LONGEST_SLIP:
        return None
    words = {word: one.id for one in trait.choices for word in (one.says, *one.words)}
    close = process.extractOne(said, words.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE)
    return Heard(answer=words[close[0]]) if close else None


def _choices(said: str, trait: Trait) -> list[Choice]:
    """The choices that are named, in the order in which they are offered; longer words cover shorter ones."""
    hits = [
        (hit.start(), hit.end(), one)
        for one in trait.choices
        for word in {normalise(one.says), *one.words}
        for hit in re.finditer(re.escape(word), said)
        if word[0] in "没不无" or not _TURNED_AWAY.search(said[: hit.start()])
    ]
    whole = [one for one in hits if not any(_covers(other, one) for other in hits)]
    named = {choice.id for _, _, choice in whole}
    return [choice for choice in trait.choices if choice.id in named]


def _covers(other: tuple[int, int, Choice], one: tuple[int, int, Choice]) -> bool:
    is_inside = other[0] <= one[0] and one[1] <= other[1]
    return is_inside and other[1] - other[0] > one[1] - one[0]


def _hear_number(said: str, trait: Trait, bounds: tuple[float, ...]) -> Heard | None:
    if re.fullmatch(
        r"(?:一个|1个|个)?(?:也|都)?(?:没有?|无|零)(?:报过?|用过?|了)?|没报过?|没用过?|还没(?:有|报|用)?", said
    ):
        return Heard(answer=0.0)
    if both := _RANGE.search(said):
        return _between(number(both[1]), number(both[2]), bounds)
    if two := _TWO_DIGITS.search(said):
        return _between(number(two[1]), number(two[2]), bounds)
    figures = [one for one in quantities(said) if one.kind == trait.figure]
    if not figures and len(said) <= _LONGEST_WITH_A_NUMBER:
        figures = list(_bare(said))
    if not figures:
        return None
    return _about(figures[0], said, bounds)


def _bare(said: str) -> Iterator[Quantity]:
    for hit in _BARE.finditer(said):
        yield Quantity("", number(hit[0]), hit.start(), hit.end())


def _between(low: float, high: float, bounds: tuple[float, ...]) -> Heard:
    """A range is an answer where nothing turns inside it: the lower end."""
    return Heard(is_vague=True) if any(low < bound <= high for bound in bounds) else Heard(answer=low)


def _about(figure: Quantity, said: str, bounds: tuple[float, ...]) -> Heard:
    """A figure with 不到, 多, 来 about it: below, above or near what it says."""
    value = figure.value
    before, after = said[max(0, figure.start - 4) : figure.start], said[figure.start : figure.end + 3]
    after = re.sub(NUMBER, "", after, count=1)
    if _UNDER.search(before):
        near = any(value * (1 - ABOUT) < bound < value for bound in bounds)
        return Heard(is_vague=True) if near else Heard(answer=max(value - 1, 0.0))
    if _OVER.search(after) or _OVER.search(before):
        return Heard(answer=value)
    if _NEARLY.search(before) or _NEARLY.search(after):
        near = any(abs(bound - value) <= ABOUT * bound for bound in bounds)
        return Heard(is_vague=True) if near else Heard(answer=value)
    return Heard(answer=value)


def _overheard(piece: str, trait: Trait) -> Answer | None:
    if trait.kind is Kind.NUMBER:
        return _overheard_number(piece, trait)
    if not any(all(any(word in piece for word in slot) for slot in cue) for cue in trait.heard):
        return None
    if trait.kind is Kind.CHOICE:
        named = _choices(piece, trait)
        return named[0].id if named else None
    heard = _hear_yes(piece, trait)
    return heard.answer if heard else None


def _overheard_number(piece: str, trait: Trait) -> Answer | None:
    if not trait.figure or _NOT_OURS.search(piece):
        return None
    if trait.heard and not any(all(any(word in piece for word in slot) for slot in cue) for cue in trait.heard):
        return None
    figures = [one for one in quantities(piece) if one.kind == trait.figure]
    if len(figures) != 1:
        return None
    heard = _hear_number(piece, trait, ())
    is_plain = heard is not None and not _NEARLY.search(piece) and not _UNDER.search(piece) and not _RANGE.search(piece)
    return heard.answer if heard and is_plain else None


def choose_by_number(text: str, options: Mapping[int, str]) -> str | None:
    """The option whose number was typed: 1, １, 第二个, 选3."""
    hit = re.fullmatch(rf"(?:我?选|第)?\s*({NUMBER})\s*[个项号条.。、)）]?", normalise(text).strip())
    return options.get(int(number(hit[1]))) if hit else None
