"""Looking into the register: one studio, a list page by page, how many there are."""

from handlers.conversation import Conversation, Reply
from handlers.registering import telling
from handlers.registering.notes import Notes
from handlers.registering.parts import take_numbers
from knowledge.entries import programme_named, read_standing, show_number
from knowledge.library import Library
from knowledge.vocabulary import Status
from storage import assessments, filings, register, staff
from storage.register import MOST_WORDS, Search, Studio, fold
from storage.staff import Staff

PAGE = 8
MOST_ALIKE = 200  # studios of one name that are told apart
MOST_TOLD = 5  # filings and results of one studio
ALL = ("", "全部", "所有", "台账", "名单")

NONE = "您的范围里没有找到“{words}”。"
EMPTY = "您的范围里还没有登记工作室。发“新增”开始登记。"
TOO_MANY_WORDS = "一次最多用{most}个词来查。"
PAGED = "{lines}\n共{count}个，第{first}到{last}个。{more}"
MORE = "回复“更多”接着看。"
WHICH = "您指的是哪一个？请用编号再说一次：\n{lines}"
SUMMARY = "您的范围（{scope}）共{count}个工作室：\n{lines}\n要表格文件，请管理员运行：steward studios export 台账.xlsx"


def read_search(text: str, library: Library) -> Search:
    """What is looked for: a programme, a standing, other words."""
    programme = standing = ""
    words = []
    for word in text.split():
        slug, stands = programme_named(word, library), read_standing(word)
        if slug and not programme:
            programme = slug
        elif isinstance(stands, str) and not standing:
            standing = stands
        elif word not in ALL:
            words.append(word)
    return Search(programme, standing, tuple(words))


def has_any(talk: Conversation, who: Staff, text: str) -> bool:
    """Whether there is any studio of these words; for 查王建国, which could be a question too."""
    wanted = read_search(text, talk.library)
    return bool(wanted.words) and register.count(talk.session, who.scope, wanted) > 0


def look(talk: Conversation, who: Staff, text: str, after: int = 0, shown: int = 0) -> tuple[Reply, Notes | None]:
    """One studio whole, or a page of a list."""
    numbers, rest = take_numbers(text)
    if numbers:
        return _numbered(talk, who, numbers), None
    wanted = read_search(rest, talk.library)
    if len(wanted.words) > MOST_WORDS:
        return Reply(TOO_MANY_WORDS.format(most=MOST_WORDS), Status.CLARIFY), None
    count = register.count(talk.session, who.scope, wanted)
    found = register.search(talk.session, who.scope, wanted, after, PAGE)
    if not found:
        return (Reply(EMPTY, Status.ANSWERED) if wanted == Search() else _none(text)), None
    if count == 1:
        return _whole(talk, found[0]), None
    last = shown + len(found)
    has_more = last < count
    more = MORE if has_more else ""
    told = PAGED.format(lines=telling.listed(found), count=count, first=shown + 1, last=last, more=more)
    notes = Notes(words=rest, after=found[-1].id, shown=last, shown_by=talk.message.id) if has_more else None
    return Reply(told, Status.ANSWERED, options=("更多",) if has_more else ()), notes


def resolve(talk: Conversation, who: Staff, text: str) -> Studio | Reply:
    """The one studio that is meant by a number or a name, or the word that it is not clear."""
    numbers, _ = take_numbers(text)
    if numbers:
        studio = register.find(talk.session, who.scope, numbers[0])
        return studio or _none(show_number(numbers[0]))
    words = tuple(text.split())[:MOST_WORDS]
    found = register.search(talk.session, who.scope, Search(words=words), 0, MOST_ALIKE) if words else []
    exact = [one for one in found if fold(one.name) == fold(text)]
    if len(exact or found) == 1 and len(found) < MOST_ALIKE:
        return (exact or found)[0]
    return Reply(WHICH.format(lines=telling.listed(found[:PAGE])), Status.CLARIFY) if found else _none(text)


def resolve_all(talk: Conversation, who: Staff, numbers: tuple[int, ...], name: str) -> list[Studio] | Reply:
    """The studios that are meant by numbers, or the one of a name; where one is not clear, none."""
    found = [resolve(talk, who, one) for one in [*map(show_number, numbers)] or [" ".join(name.split())]]
    unclear = [one for one in found if isinstance(one, Reply)]
    return unclear[0] if unclear else [one for one in found if isinstance(one, Studio)]


def summary(talk: Conversation, who: Staff) -> Reply:
    """How many studios of each programme stand how."""
    rows = register.numbers(talk.session, who.scope)
    if not rows:
        return Reply(EMPTY, Status.ANSWERED)
    lines = [f"{telling.programme(slug, talk.library)}：{standing.chinese}{count}个" for slug, standing, count in rows]
    total = sum(count for _, _, count in rows)
    scope = telling.scope(who.scope, talk.library)
    return Reply(SUMMARY.format(scope=scope, count=total, lines="\n".join(lines)), Status.ANSWERED)


def _numbered(talk: Conversation, who: Staff, numbers: tuple[int, ...]) -> Reply:
    found = resolve_all(talk, who, numbers, "")
    if isinstance(found, Reply):
        return found
    return _whole(talk, found[0]) if len(found) == 1 else Reply(telling.listed(found), Status.ANSWERED)


def _whole(talk: Conversation, studio: Studio) -> Reply:
    lines = [show_number(studio.id), *telling.lines(studio, talk.library, staff.names(talk.session))]
    kept = filings.of(talk.session, studio)[:MOST_TOLD]
    lines += [f"报送：{one.period}年 {one.paper.chinese}（{one.handed_in_on}）" for one in kept]
    results = assessments.of(talk.session, studio)[-MOST_TOLD:]
    if results:
        lines.append("考核：" + "，".join(f"{one.year}年{one.grade.chinese}" for one in results))
    return Reply("\n".join(lines), Status.ANSWERED)


def _none(words: str) -> Reply:
    return Reply(NONE.format(words=words[:40]), Status.ANSWERED)
