"""The sentences around the answers: greeting, help, asking back, declining."""

from collections.abc import Mapping, Sequence

from knowledge.library import Citation, Library, Programme
from knowledge.likeness import Like
from knowledge.originals import Originals
from knowledge.understanding import Question
from knowledge.vocabulary import Status

EXAMPLES = ("焦作市级命名给多少钱", "中国技协有效期几年", "交建几月前交材料")
WHICH_POINT = "您想比较哪一方面？比如：给多少钱、有效期、团队人数、考核办法。"
SELF = "您好，我是工作室管家，一个按文件条款回答问题的程序（机器人），不是真人。\n"
STRONG = 2.0  # evidence for a point of ours that outweighs a word from elsewhere beside a programme's name
SHORT = 3  # characters of a message in which 好 or 行 is all that is said
LONGEST_CHAT = 12  # characters from which a message is not taken for mere chat
CLOSE, MARGIN = 0.5, 0.1  # likeness that settles a message as chat or as not ours, and its lead over ours
Small = tuple[str, Status, tuple[str, ...]]


def names(library: Library) -> tuple[str, ...]:
    """The programmes' short names, as options."""
    return tuple(programme.name for programme in library.programmes.values())


def programme_lines(library: Library) -> str:
    """The programmes as numbered lines."""
    return "".join(
        f"\n{number}. {one.name}（{one.studio}）" for number, one in enumerate(library.programmes.values(), 1)
    )


def which_programme(library: Library) -> str:
    """Ask which programme is meant."""
    return "您问的是哪一家的工作室？各家规定不一样，请选一个：" + programme_lines(library)


def ability(library: Library) -> str:
    """What can be asked."""
    return (
        f"我是工作室管家，能回答{len(library.programmes)}个创新工作室项目的规定："
        + programme_lines(library)
        + "\n条件、名额、经费、材料、时间、考核、撤销都可以问，也可以对比，例如：焦作和交建哪家给钱多？"
    )


def outside(library: Library) -> str:
    """Decline what is not ours."""
    ours = "、".join(names(library))
    return f"这个不在我能回答的范围内。我只回答{ours}这{len(library.programmes)}个创新工作室项目的规定。"


def elsewhere(place: str, library: Library) -> str:
    """Decline another place's or body's programme."""
    ours = "、".join(names(library))
    return f"“{place}”的规定不在我的范围内，没有它的文件，不能乱说。我只回答{ours}这{len(library.programmes)}个项目。"


def about(programme: Programme) -> str:
    """Ask what is wanted of a programme."""
    points = "条件、名额、经费、材料、时间、考核、有效期"
    return f"好的，{programme.name}（{programme.studio}）。您想问哪一方面？{points}都可以。"


def examples_for(programme: Programme) -> tuple[str, ...]:
    """Sensible first questions on a programme."""
    return tuple(f"{programme.name}{point}" for point in ("申报条件", "给多少钱", "怎么申报"))


def not_found(programme: Programme) -> str:
    """A point that nothing in the document speaks of."""
    return (
        f"在{programme.name}的{programme.kind}里没有查到对这一点的规定。可以换个说法再问，或向{programme.inquire}核实。"
    )


def withheld(library: Library, citation: Citation) -> str:
    """Why an answer is held back: the operator's copy of its clause is not the one the facts were made from."""
    programme = library.programmes[citation.document]
    return (
        f"{programme.name}的{programme.kind}“{citation.clause}”，本服务所存原文与整理时的版本不一致，"
        f"在核对之前先不给出内容和数字。回复“原文”可看所存条文，或向{programme.inquire}核实。"
    )


def small(
    question: Question,
    library: Library,
    likes: Mapping[str, Like],
    ours: float,
    cited: Sequence[tuple[str, str]],
    originals: Originals | None,
) -> Small | None:
    """Greeting, thanks, help, the passages behind the last answer, and what lies outside."""
    text = question.text.strip("？?。！!，, ~的了呢")
    lexicon = library.lexicon
    if not any(one.isalnum() for one in text):
        return "请用文字写下问题，例如：长春评上给多少钱？", Status.HELP, EXAMPLES
    if text in lexicon.speech["text"]:
        if not cited:
            return "先问一个问题，再回复“原文”，就能看依据的条文。", Status.HELP, EXAMPLES
        return passages(library, cited, originals), Status.ANSWERED, ()
    if question.outside and not question.clause and not _is_ours(question) and (ours < STRONG or not question.named):
        return outside(library), Status.OUT_OF_SCOPE, EXAMPLES
    if (
        any(word in text for word in lexicon.smalltalk["ability"])
        and not question.named
        and ("你" in text or not _is_ours(question))
    ):
        return ability(library), Status.HELP, EXAMPLES
    if question.is_correction or question.clause or question.quantities:
        return None
    if question.named:
        return _by_likeness(question, library, likes) if ours < CLOSE and "outside/outside" in likes else None
    if chat := _chat(text, library):
        return chat
    return _by_likeness(question, library, likes) if ours < STRONG else None


def _by_likeness(question: Question, library: Library, likes: Mapping[str, Like]) -> Small | None:
    """What is more like known chat, or known questions on other things, than like any of ours."""
    if "@studio" in question.found:
        return None
    ours = max((like.weight for key, like in likes.items() if not key.startswith("outside/")), default=0.0)
    outer = likes["outside/outside"].weight if "outside/outside" in likes else 0.0
    chat = likes["outside/chat"].weight if "outside/chat" in likes else 0.0
    says_self = "你" in question.text and any(
        len(word) > 1 and word in question.text for word in library.lexicon.smalltalk["self"]
    )
    if says_self and ours < CLOSE:
        return SELF + ability(library), Status.SMALLTALK, EXAMPLES
    if (
        chat >= CLOSE
        and chat > ours + MARGIN
        and len(question.text) <= LONGEST_CHAT
        and not _has_matter(question, library)
    ):
        heard = [word for word in library.lexicon.smalltalk["thanks"] if len(word) > 1 and word in question.text]
        if heard and not any(word in question.text for word in library.lexicon.smalltalk["greet"] if len(word) > 1):
            return "不客气。还有别的要问，直接说就行。", Status.SMALLTALK, ()
        return "您好，我在。" + ability(library), Status.SMALLTALK, EXAMPLES
    if outer >= CLOSE and outer > ours + MARGIN:
        return outside(library), Status.OUT_OF_SCOPE, EXAMPLES
    return None


def _has_matter(question: Question, library: Library) -> bool:
    """Whether a word of ours stands in the message, 场地 or 名额, so that it is not mere chat."""
    light = library.lexicon.light
    return any(
        word.startswith("@") and word[1:] not in light and weight >= 1.0 for word, (weight, _) in question.found.items()
    )


def _is_ours(question: Question, least: float = 1.2) -> bool:
    """Whether a word of ours stands beside the foreign one (疗休养 in a question on 创新工作室)."""
    return "@studio" in question.found and not any(len(word) > 4 for word in [question.outside])


def _chat(text: str, library: Library) -> Small | None:
    lexicon = library.lexicon
    rest = text
    kinds = []
    for kind in ("greet", "thanks", "bye", "self"):
        for word in sorted(lexicon.smalltalk[kind], key=len, reverse=True):
            if word in rest and (len(word) > 1 or len(text) <= SHORT):
                rest = rest.replace(word, "")
                kinds.append(kind)
    for word in sorted(lexicon.fillers, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 1 else rest
    rest = "".join(one for one in rest if one.isalnum() and one not in lexicon.fillers)
    if not kinds or len(rest) > 1:
        return None
    if "self" in kinds:
        return SELF + ability(library), Status.SMALLTALK, EXAMPLES
    if "greet" in kinds:
        return "您好，我在。想问哪一家创新工作室的规定？" + programme_lines(library), Status.SMALLTALK, EXAMPLES
    if "bye" in kinds:
        return "再见，有需要随时来问。", Status.SMALLTALK, ()
    return "不客气。还有别的要问，直接说就行。", Status.SMALLTALK, ()


def passages(library: Library, cited: Sequence[tuple[str, str]], originals: Originals | None) -> str:
    """The original passages behind the last answer, or where to read them."""
    from knowledge.reading import read_clause

    parts = []
    for document, clause in cited[:3]:
        view = read_clause(library, document, clause, originals)
        if view:
            parts.append(f"{view.reference}：{view.passage or view.where_to_read}")
    return "\n".join(parts)[:580]
