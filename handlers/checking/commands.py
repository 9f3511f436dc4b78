"""What a person tells a self-check to do: start, go back, change, pause, show, end."""

import re
from dataclasses import dataclass
from enum import StrEnum

from handlers.checking.state import Phase
from knowledge.hearing import is_question
from knowledge.library import Library
from knowledge.quantities import NUMBER, number
from knowledge.understanding import find_programmes
from knowledge.wording import normalise


class Act(StrEnum):
    """What can be commanded."""

    START = "start"
    CHOOSE = "choose"
    BACK = "back"
    CHANGE = "change"
    PAUSE = "pause"
    RESUME = "resume"
    RESTART = "restart"
    QUIT = "quit"
    PROGRESS = "progress"
    RESULT = "result"
    REST = "rest"
    LIST = "list"
    SHOW = "show"
    DELETE = "delete"


@dataclass(frozen=True)
class Command:
    """A command.

    Args:
        programmes: those named with it.
        number: the number of a question or of a self-check, 0 where none is given.
        name: what a question was called instead of its number.
        rest: a new answer that was said with it.
    """

    act: Act
    programmes: tuple[str, ...] = ()
    number: int = 0
    name: str = ""
    rest: str = ""


def _words(text: str) -> str:
    """A pattern of any of the words, which are patterns themselves."""
    return f"(?:{'|'.join(text.split())})"


_ONLY_OPEN = (
    (Act.BACK, re.compile(r"(?:返?回|退回?|到)?(?:上一题|上一步|上题|前一题|上一个问题?)")),
    (Act.PAUSE, re.compile(_words("暂停 先?停一下 先停 先到这(?:里|儿)? 先不查了 暂停自[查检] 歇一?会"))),
    (Act.RESTART, re.compile(_words("重来 重新开始 从头(?:再?来|开始) 重做 重新(?:自查|自检|来) 再来一遍"))),
    (Act.QUIT, re.compile(_words("退出 退出自[查检] 不查了 不做了 取消自[查检] 结束自[查检] 算了 结束"))),
    (Act.PROGRESS, re.compile(_words("进度 到哪了 做到哪了? 还有几题 还剩几题 还有多少题 第几题了?"))),
    (Act.RESULT, re.compile(_words("(?:看|出|直接出|直接看)?结果 看看结果 先看结果 给我结果"))),
    (Act.REST, re.compile(_words("查完其余(?:条件)? 继续查完 查完全部 全部查完 其余的?也查 都查完"))),
    (Act.RESUME, re.compile(_words("继续 接着[来做查]? 继续自[查检] 接着自[查检] 继续做 继续查 回到自[查检]"))),
)
_LIST = re.compile(_words("看?我的自[查检](?:记录)? 自[查检]记录 自[查检]历史 以前的自[查检]"))
_SHOW = re.compile(rf"(?:查看|看|打开)第?({NUMBER})次?的?(?:自[查检])?(?:结果)?")
_DELETE = re.compile(rf"(?:删除|删掉|删了|删)第?({NUMBER})次?的?(?:自[查检])?(?:记录)?")
_INTO = r"(?:改?成|改?为|：|:|，|\s)+"
_CHANGE = re.compile(
    rf"{_words('修改 改一?下? 重答 重填 更正 返回 回到')}?第({NUMBER})[题问个]?"
    rf"{_words('改 重答 重填 修改 不对 错了 答错了')}?(?:{_INTO}(.+))?"
)
_CHANGE_NAMED = re.compile(rf"(?:修改|改一?下?|更正|重答)(?!成|为)([\u4e00-\u9fff]{{2,8}}?)(?:{_INTO}(.+))?")
_CHANGE_TO = re.compile(r"把([\u4e00-\u9fff]{2,8}?)改[成为](.+)")
_CHOOSE = re.compile(
    rf"{_words('看看? 算算? 问下? 想知道 帮我看看? 帮忙看看?')}*{_words('我们?(?:厂|单位|公司)? 咱们?厂? 你看我们?')}?"
    rf"(?:这种情况|这样的?)?(?:到底)?{_words('(?:能|可以|适合|应?该|够格)(?:申?报|评) 符合')}"
    rf"(?:的有)?{_words('哪个 哪些 哪几个 哪家 哪几家 哪种 哪一个 哪一家 什么')}(?:的?工作室|项目|称号|的条件)?"
    r"|帮我[选挑](?:[一个家项目]+)?|不知道(?:该)?报哪[个家]"
)
_START = re.compile(_words("自查 自检 自测 自我检查 自我对照 测一[测下] 对照(?:一下)?条件"))
_FIT = re.compile(
    _words("够不够得?上? 够 符不符合 符合不符合 是否符合 符合 满足不满足 满足 达不达到 达不到 达到 达得到 够得上")
    + _words("申报 命名 评选 基本 创建 认定 的")
    + "*"
    + _words("条件 标准 资格 格 要求")
    + _words("吗 么 嘛 没 没有 不")
    + "?|够不够格|够格[吗么不]"
)
_FILLERS = re.compile(
    _words(
        "我们 咱们 我 咱 想 要 来 做 个 一下 下 开始 进行 帮忙 帮 请 给 看看 看 测 查 吧 呗 了 的 吗 呢 啊 呀"
        " 创新 工作室 职工 技师 技术 劳模 工匠人才 单位 公司 厂 团队 申报 条件 能不能 可以 可不可以 是否 到底 那 就"
        " 现在 市 先 项目 这边 这个 办法 按 对照 用 问卷 题 一次 次 家 有没有 这种 情况 样 · [，,。.！!？?、；;（）()]"
    )
    + r"|\s"
)
_DOUBTS = re.compile(r"[不没吗嘛么吧呢]\s*[?？]?$|[?？]$|不用|不要|不是|没有|[要该得会]自")
_INVITES = re.compile(_words("帮 想 我们?要 开始 来 做 进行 试 给我 带我"))
_NOT_START = re.compile(
    _words(
        "多久 几次 次数 几年 什么是 什么叫 怎么 如何 报 谁 哪 内容 要不要 定期 是什么 由 写 交 规定 必须 需要 和 与 跟"
        " 区别 意思 为什么 是不是"
    )
)


_AFTERWARDS = (Act.BACK, Act.RESTART, Act.RESULT, Act.REST, Act.RESUME)  # what is still meant once a check has ended


def read_command(text: str, library: Library, phase: Phase) -> Command | None:
    """The command a message is, if it is one.

    Args:
        text: the message.
        library: for the names of the programmes.
        phase: where the self-check stands; 上一题 and the like are commands only where there is one.
    """
    said = normalise(text).strip(" 。.，,！!~～、")
    if phase in (Phase.ASKING, Phase.PAUSED, Phase.DONE) and (command := _while_open(said, phase)):
        return command
    said = said.strip("?？")
    if _LIST.fullmatch(said):
        return Command(Act.LIST)
    for act, pattern in ((Act.SHOW, _SHOW), (Act.DELETE, _DELETE)):
        if (hit := pattern.fullmatch(said)) and ("自" in said or "次" in said):
            return Command(act, number=int(number(hit[1])))
    if _CHOOSE.fullmatch(said):
        return Command(Act.CHOOSE)
    return _start(said, library)


def _while_open(said: str, phase: Phase) -> Command | None:
    for act, pattern in _ONLY_OPEN:
        if pattern.fullmatch(said) and (phase is not Phase.DONE or act in _AFTERWARDS):
            return Command(act)
    if is_question(said):
        return None
    if hit := _CHANGE.fullmatch(said):
        return Command(Act.CHANGE, number=int(number(hit[1])), rest=hit[2] or "")
    if hit := _CHANGE_NAMED.fullmatch(said) or _CHANGE_TO.fullmatch(said):
        return Command(Act.CHANGE, name=hit[1], rest=hit[2] or "")
    return None


def _start(said: str, library: Library) -> Command | None:
    """自查, with programmes and facts about the studio beside it and nothing else; 自检多久一次 asks about a duty."""
    named, _, bare = find_programmes(said, library.lexicon)
    for piece in re.split("[，,。；;]", bare):
        word = _START.search(piece) or _FIT.search(piece)
        if not word:
            continue
        rest = _FIT.sub("", _START.sub("", piece))
        is_asked = word.re is _START and (
            _NOT_START.search(piece) or (_DOUBTS.search(piece) and not _INVITES.search(piece))
        )
        is_alone = word.re is _START or piece.strip() == bare.strip()
        if is_alone and not is_asked and len(_FILLERS.sub("", rest)) <= 1:
            return Command(Act.START, named)
    return None
