"""Words -> Question: programmes, clause, figures, manner of asking, and the words themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz, process

from knowledge.labels import ClauseReference, find_clause
from knowledge.lexicon import Lexicon, Matches, weigh
from knowledge.library import Library
from knowledge.quantities import Moment, Quantity, moments, quantities
from knowledge.wording import is_han, normalise, readings, spelling

LONGEST_INITIALS = 6  # letters from which a word is whole pinyin, whose slips can be told
CLOSE_SPELLING = 85.0  # likeness of two spellings in percent: jiaozou is jiaozuo
MOST_MENDED = 3  # wrong words in one message that are put right
LONG = 4  # characters from which a word that only sounds right is taken for a slip
_NUMERALS = frozenset("零一二三四五六七八九十百千万两第条")
_COMMON = frozenset(
    "的了吗呢吧啊呀是不有没我你您他们个这那要能会就都也还在到给和跟与或一二三四五六七八九十两几多少谁啥么什怎咋哪里去来过着把被让从对为以等年月日号上下中内外前后说写问看"
)
GAP = "·"  # stands where a programme's name stood
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳"
    "唐罗薛雷贺倪汤殷毕郝安常乐于傅齐康伍余顾孟黄穆萧尹姚邵湛汪毛狄米贝戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路江"
    "童颜郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍万卢莫房解丁邓郁单洪包左石崔吉龚程邢裴陆荣翁段富焦巴侯全班仰仲伊宁栾"
    "甘厉武符刘景詹龙叶黎白蒲赖卓池乔温庄柴瞿阎连习艾易廖耿匡国文关曾沙丰欧聂辛简饶尚"
)
_PERSON = re.compile(
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|某某某?|[x×]{{2,4}}|老[{_SURNAMES}])(?:同志|师傅|劳模)?(?:劳模|技术|技师|职工|工匠)*(?:创新)?工作室"
)
_KIND = re.compile(
    rf"{GAP}(?:市|市总|的|那个|这个|那份|这份|那|这|出台|发)*(?:暂行|管理|支持|创建)*(?:办法|意见|通知)(?!栏|见)"
)
_TITLE = re.compile(rf"(?<={GAP})(?:市|的|那个)?(?:职工|技师|技术|劳模|\(?工匠人才\)?|劳模和工匠人才)+(?=创新工作室)")
_ABLE = re.compile(r"得了[不吗么]|报得了|报得上|成不|中不|好使|可不可|够不够格|有没有资格|报不报得|能不能|行不行|行吗")
_LATIN = re.compile(r"[a-z]{2,}")
_HALF_LATIN = re.compile(r"([\u4e00-\u9fff]{0,3})([a-z]{2,})([\u4e00-\u9fff]{0,3})")
_SIDE_BY_SIDE = re.compile(r"^[^，。？！；]{0,6}(?:和|跟|与|同|比|、|及|vs|对比|相比)")
Span = tuple[int, int, str]  # where a programme's name begins and ends, and which programme it is
_WHETHER = re.compile(
    r"[吗嘛吧啵](?:[，,。！!？?~～]|$)|[不没么](?:[?？。！!]|$)|(.)不\1|有没有|有没(?!有)|写没写|说没说|提没提|是否|能否|可否|有无"
    r"|对吧|是吧|对吗|对不|行吗|可以吗|没错|没记错|会不会"
)
_OPEN_END = re.compile(r"(?:什么|怎么|那么|这么|多么)[?？。！!]*$")
_NEGATIVE = re.compile(
    r"(?:不能|不可以|不得|不许|不准|不用|不必|不需要|不是|不会|没有|不要|不让|不行|不了|没资格|排除|没戏)"
)


class Manner(StrEnum):
    """What is wanted of an answer beyond the bare facts."""

    PLAIN = "plain"
    COMPARE = "compare"
    WHICH_OF = "which_of"


@dataclass(frozen=True)
class Question:
    """What stands in one message, before anything is looked up.

    `named` are the programmes it names, in order; `refused` those it turns away from (不是焦作);
    `found` the words with their weights and places; `unknown` the pieces nothing here knows.
    """

    text: str
    named: tuple[str, ...]
    refused: tuple[str, ...]
    clause: ClauseReference | None
    matches: Matches
    today: date
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    manner: Manner
    probes: tuple[tuple[str, ...], ...]
    is_yes_no: bool
    is_negative: bool
    is_correction: bool
    has_person_name: bool
    elsewhere: str
    outside: str
    unknown: tuple[str, ...]

    def says(self, lexicon: Lexicon, group: str) -> str:
        """The first word of a speech group that stands in the text, or nothing."""
        return next((word for word in lexicon.speech[group] if word in self.text), "")

    @property
    def found(self) -> Mapping[str, tuple[float, int]]:
        """The words found, with weight and places."""
        return self.matches.found


def understand(typed: str, library: Library, today: date) -> Question:
    """Read one message.

    Args:
        typed: the message as it came.
        library: for its lexicon.
        today: the day that 今年, 去年 are counted from.
    """
    lexicon = library.lexicon
    text = spell_out(normalise(typed), lexicon)
    named, refused, bare = find_programmes(mend(text, lexicon), lexicon)
    clause = find_clause(bare)
    matches = lexicon.match(bare)
    matches, has_person = _with_person(bare, _with_alike(matches, lexicon))
    if _ABLE.search(bare):
        matches = Matches(bare, {**matches.found, "能": (0.4, 0), "可以": (0.4, 0)}, matches.known)
    figures = quantities(bare)
    return Question(
        text=text,
        named=named,
        refused=refused,
        clause=clause,
        matches=matches,
        today=today,
        quantities=figures,
        moments=moments(bare, today),
        manner=_manner(bare, named, lexicon),
        probes=tuple(group for group in lexicon.probes if any(word in bare for word in group)),
        is_yes_no="还是" not in bare and bool(_WHETHER.search(bare)) and not _OPEN_END.search(bare),
        is_negative=bool(_NEGATIVE.search(re.sub(r"(.)不\1|是不是|有没有|不是", "", bare))),
        is_correction=any(word in text for word in lexicon.speech["correction"]),
        has_person_name=has_person,
        elsewhere=_elsewhere(bare, lexicon),
        outside=max((word for word in lexicon.outside if word in bare), key=len, default=""),
        unknown=_unknown(bare, matches),
    )


def spell_out(text: str, lexicon: Lexicon) -> str:
    """Put Chinese words in the place of their pinyin (jingfei, lmgzs)."""
    if not _LATIN.search(text):
        return text
    text = _LATIN.sub(lambda hit: _from_latin(hit[0], lexicon), text)
    return _HALF_LATIN.sub(lambda hit: _from_half_latin(hit, lexicon), text)


def _from_half_latin(hit: re.Match[str], lexicon: Lexicon) -> str:
    """A word of which one end only is in Latin letters (焦zuo, jing费): the longest that is known."""
    before, letters, after = hit.groups()
    for left in range(len(before), -1, -1):
        for right in range(len(after), -1, -1):
            head, tail = before[len(before) - left :], after[:right]
            word = lexicon.by_spelling.get("".join(map(spelling, head)) + letters + "".join(map(spelling, tail)))
            if word and head + tail and word.startswith(head) and word.endswith(tail):
                return before[: len(before) - left] + word + after[right:]
    return hit[0]


def _from_latin(letters: str, lexicon: Lexicon) -> str:
    if word := lexicon.by_spelling.get(letters):
        return word
    if len(letters) >= LONGEST_INITIALS:
        close = process.extractOne(letters, lexicon.by_spelling.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_SPELLING)
        if close:
            return lexicon.by_spelling[close[0]]
    for cut in range(len(letters) - 1, 1, -1):  # jiaozuogongzuoshi: the longest name in front, then the rest
        if word := lexicon.by_spelling.get(letters[:cut]):
            rest = letters[cut:]
            if len(rest) > 1 and (tail := _from_latin(rest, lexicon)) != rest:
                return word + tail
    return letters


def mend(text: str, lexicon: Lexicon) -> str:
    """Put the known word in the place of one that sounds the same with one wrong character (经废)."""
    for _ in range(MOST_MENDED):
        unknown = _unknown_places(text, lexicon)
        mended = _mend_sound(text, unknown, lexicon)
        if not mended:
            return _mend_gap(text, unknown, lexicon)
        text = mended
    return text


def _mend_sound(text: str, unknown: int, lexicon: Lexicon) -> str:
    """The first window that sounds like a known word: with a wholly unknown character in it, or a long one."""
    strict = unknown & ~_single_fillers(text, lexicon)
    for size in range(6, 1, -1):
        for start in range(len(text) - size + 1):
            if not (strict if size < LONG else unknown) >> start & ((1 << size) - 1):
                continue
            window = text[start : start + size]
            if not all(map(is_han, window)) or window in lexicon.surfaces or _is_written(window, lexicon):
                continue
            for reading in readings(window)[:1]:
                word = lexicon.by_sound.get(reading)
                if (
                    word
                    and word != window
                    and sum(a == b for a, b in zip(word, window, strict=True)) >= max(1, size - 2)
                ):
                    mended = text[:start] + word + text[start + size :]
                    if _unknown_places(mended, lexicon).bit_count() < unknown.bit_count():
                        return mended
    return ""


def _single_fillers(text: str, lexicon: Lexicon) -> int:
    return sum(1 << at for at, one in enumerate(text) if one in lexicon.fillers or one in lexicon.surfaces)


def _is_written(window: str, lexicon: Lexicon) -> bool:
    """Whether each two neighbours are known to stand together, so that nothing looks misspelt; figures never do."""
    if any(one in _NUMERALS for one in window):
        return True
    return all(window[at : at + 2] in lexicon.written for at in range(len(window) - 1))


def _mend_gap(text: str, unknown: int, lexicon: Lexicon) -> str:
    """Put back a character that was left out of a long word (申材料 -> 申报材料)."""
    for size in range(LONG + 2, LONG - 2, -1):
        for start in range(len(text) - size + 1):
            window = text[start : start + size]
            if not unknown >> start & ((1 << size) - 1) or window in lexicon.surfaces:
                continue
            form = lexicon.by_gap.get(window)
            if form and form not in text and not any(one in _NUMERALS for one in window):
                return text[:start] + form + text[start + size :]
    return text


def find_programmes(text: str, lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The programmes a text names, those it turns away from, and the text without the names."""
    spans: list[Span] = []
    for at, first in enumerate(text):
        for name, slug in lexicon.names_by_first.get(first, ()):
            if text.startswith(name, at):
                spans.append((at, at + len(name), slug))
    spans.sort(key=lambda span: (span[0] - span[1], span[0]))
    kept: list[Span] = []
    for span in spans:
        if not any(span[0] < other[1] and other[0] < span[1] for other in kept):
            kept.append(span)
    kept = _without_shared(text, sorted(kept), lexicon)
    refused = tuple(slug for start, _, slug in kept if _is_turned_away(text[:start], lexicon))
    named = tuple(dict.fromkeys(slug for _, _, slug in kept if slug not in refused))
    bare = list(text)
    for start, end, _ in kept:
        bare[start:end] = GAP * (end - start)
    return named, refused, _TITLE.sub(_blank, _KIND.sub(_blank, "".join(bare)))


def _without_shared(text: str, spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """Leave out a name that two go by, where the other one is named and the two are not set side by side."""
    kept = []
    for span in spans:
        is_shared = text[span[0] : span[1]] in lexicon.programmes[span[2]].shared
        others = [other for other in spans if other[2] != span[2]]
        if not is_shared or not others or any(_are_side_by_side(text, span, other) for other in others):
            kept.append(span)
    return kept


def _are_side_by_side(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    return bool(_SIDE_BY_SIDE.search(text[first[1] : second[0]]))


def _is_turned_away(before: str, lexicon: Lexicon) -> bool:
    """不是焦作 turns away from it; 是不是焦作 does not."""
    return before.endswith(lexicon.speech["negated"]) and not before.endswith(("是不是", "是不"))


def _blank(hit: re.Match[str]) -> str:
    return GAP * len(hit[0])


def _manner(text: str, named: tuple[str, ...], lexicon: Lexicon) -> Manner:
    if len(named) >= 2:
        return Manner.COMPARE
    if any(word in text for word in (*lexicon.speech["everyone"], *lexicon.speech["which-of"])):
        return Manner.WHICH_OF
    return Manner.PLAIN


def _with_alike(matches: Matches, lexicon: Lexicon) -> Matches:
    """Add the other words of a group whose claim is made (只有 says 必须 too)."""
    added: dict[str, tuple[float, int]] = {}
    for group in lexicon.alike:
        said = next((word for word in group if word in matches.text), "")
        if said:
            mask = ((1 << len(said)) - 1) << matches.text.find(said)
            added.update({word: (weigh(word), mask) for word in group if word not in matches.found})
    return Matches(matches.text, {**added, **matches.found}, matches.known)


def _with_person(text: str, matches: Matches) -> tuple[Matches, bool]:
    hit = _PERSON.search(text)
    if not hit:
        return matches, False
    start, end = hit.span(1)
    mask = ((1 << (end - start)) - 1) << start
    if not mask & ~matches.known and is_han(hit[1][0]) and hit[1][0] not in "某老":
        return matches, False
    whole = ((1 << len(hit[0])) - 1) << hit.start()
    return Matches(text, {**matches.found, "@person-name": (4.0, whole)}, matches.known | mask), True


def _elsewhere(text: str, lexicon: Lexicon) -> str:
    for word in lexicon.elsewhere:
        if word in text and GAP not in text and not ("科协" in word and re.search(r"表|技协|印", text)):
            return word
    return ""


def _unknown_places(text: str, lexicon: Lexicon) -> int:
    known = lexicon.match(text, least=2).known
    _, _, bare = find_programmes(text, lexicon)
    places = 0
    for at, character in enumerate(bare):
        if is_han(character) and character not in _COMMON and not known >> at & 1:
            places |= 1 << at
    return places


def _unknown(text: str, matches: Matches) -> tuple[str, ...]:
    places = 0
    for at, character in enumerate(text):
        if is_han(character) and not matches.known >> at & 1:
            places |= 1 << at
    return tuple(_pieces(text, places))


def _pieces(text: str, places: int) -> list[str]:
    """The runs of marked places, as text."""
    found, run = [], ""
    for at, character in enumerate(text + " "):
        if places >> at & 1:
            run += character
        elif run:
            found.append(run)
            run = ""
    return found
