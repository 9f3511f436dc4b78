"""Which staff word a message begins with. Questions that only contain one are nobody's command."""

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.wording import normalise
from storage.staff import read_code

LONGEST = 400  # characters of a command


class Act(StrEnum):
    """What somebody wants done with the register."""

    CODE = "code"
    RIGHTS = "rights"
    HELP = "help"
    FILE = "file"
    UNFILE = "unfile"
    GRADE = "grade"
    ADD = "add"
    LOOK = "look"
    MORE = "more"
    CHANGE = "change"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXPORT = "export"


@dataclass(frozen=True)
class Command:
    """A staff word and what stands behind it.

    Args:
        rest: what follows, as it was typed.
        is_apart: whether a space or a sign stood between.
        is_asked: whether a word like 请 or 我要 stood in front.
    """

    act: Act
    rest: str = ""
    is_apart: bool = True
    is_asked: bool = False


NUMBER = r"[TtＴｔ]\s*\d{1,9}"
_WORDS = {
    Act.CODE: r"(?:使用|输入|我的)?邀请码(?:是|为)?",
    Act.FILE: r"登记(?:报送|上报)|报送登记",
    Act.UNFILE: r"(?:撤回|取消|删除)报送",
    Act.GRADE: r"登记考核|考核登记",
    Act.ADD: r"(?:新增|新建|添加|登记|录入)(?:一个|一家)?(?:创新)?工作室|新增|登记(?=\s.*工作室)",
    Act.LOOK: r"查(?:询|找|看)?(?:一下|下)?(?:台账|工作室)?|(?:看|打开)台账",
    Act.CHANGE: r"(?:修改|更改|变更|改)(?:工作室)?",
    Act.SUSPEND: r"停用(?:工作室)?",
    Act.RESUME: r"(?:恢复|启用)(?:工作室)?",
}
_ASKED = r"(?:请|麻烦|帮我|帮忙|给我|替我|我要|我想)*"
_STARTS = {
    act: re.compile(rf"(?P<asked>{_ASKED}\s*)(?:{words})(?P<gap>[\s:：,，]*)(?P<rest>.*)", re.DOTALL)
    for act, words in _WORDS.items()
}
_WHOLE = {
    Act.RIGHTS: ("我的权限",),
    Act.HELP: ("台账帮助", "工作人员帮助", "台账怎么用"),
    Act.MORE: ("更多", "下一页", "继续看"),
    Act.EXPORT: ("导出", "导出台账", "导出工作室", "台账导出", "台账汇总", "台账统计"),
    Act.LOOK: ("查全部", "查所有", "全部工作室", "所有工作室"),
}
_QUESTION = re.compile(
    r"[?？]|吗|呢\W*$|什么|怎么|咋|如何|怎样|啥|为何|能不能|可不可以|可以|是不是|要不要|需不需要"
    r"|哪|多少|多久|几[个年份月号家天本次]|谁"
)
_MATTER = re.compile(r"条件|材料|要求|流程|程序|手续|时间|名额|规定|办法|政策|文件|依据|标准|资格|经费|补助")
_STUDIO = re.compile(r"\S*工作室(?:\s|$)")
_STARTS_WITH_NUMBER = re.compile(NUMBER)


def read_command(text: str) -> Command | None:
    """The staff word a message begins with, if it has not the form of a question."""
    plain = text.strip()
    if len(plain) > LONGEST:
        return None
    whole = normalise(plain).strip("。！!.")
    for act, words in _WHOLE.items():
        if whole in words:
            return Command(act)
    if _STARTS_WITH_NUMBER.fullmatch(plain):
        return Command(Act.LOOK, plain)
    if len(plain) <= 12 and read_code(plain) and "-" in normalise(plain):
        return Command(Act.CODE, plain)
    for act, pattern in _STARTS.items():
        hit = pattern.fullmatch(plain)
        if hit and (act is Act.CODE or not is_question(hit["rest"])):
            is_apart = bool(hit["gap"]) or not hit["rest"]
            return Command(act, hit["rest"].strip(), is_apart, bool(hit["asked"]))
    return None


def is_question(text: str) -> bool:
    """Whether a text asks something."""
    return bool(_QUESTION.search(text))


def has_form(command: Command) -> bool:
    """Whether the command is one for sure in a staff member's mouth, and no ordinary sentence."""
    rest, is_apart = command.rest, command.is_apart
    is_named = bool(_STARTS_WITH_NUMBER.match(rest))
    if command.act is Act.CODE:
        return not rest or bool(read_code(rest))
    if command.act is Act.ADD:
        return is_apart or "单位" in rest or bool(_STUDIO.search(rest))
    if command.act is Act.LOOK:
        return is_named or (is_apart and not _MATTER.search(rest))
    if command.act in (Act.CHANGE, Act.SUSPEND, Act.RESUME):
        return is_named or is_apart
    return command.act not in (Act.FILE, Act.UNFILE, Act.GRADE) or is_apart or is_named


def is_clear(command: Command) -> bool:
    """Whether the command can be nothing else, whoever sends it; only such are refused to strangers."""
    rest = command.rest
    if command.act in (Act.RIGHTS, Act.HELP, Act.EXPORT):
        return True
    if command.act is Act.MORE or not has_form(command) or _MATTER.search(rest):
        return False
    is_named = bool(_STARTS_WITH_NUMBER.match(rest) or _STUDIO.search(rest))
    if command.act in (Act.LOOK, Act.CHANGE, Act.SUSPEND, Act.RESUME):
        return is_named or (command.act is Act.LOOK and rest in ("", "全部", "所有"))
    return is_named or not command.is_asked  # 我要登记工作室: an applicant's wish
