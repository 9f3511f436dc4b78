"""The self-check: a studio held against a programme's conditions, one short question at a time."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from handlers.checking import asking, ending
from handlers.checking.asking import Rules
from handlers.checking.commands import Act, Command, read_command
from handlers.checking.state import Check, Phase
from handlers.checking.taking import Said, facts_in, is_for_others, read_answer
from handlers.conversation import Asked, Conversation, Outcome, Reply
from knowledge.hearing import Heard, choose_by_number, hear
from knowledge.traits import Answer
from knowledge.understanding import find_programmes
from knowledge.vocabulary import Status
from knowledge.wording import normalise
from storage import messages, rulesets

NAME = "selfcheck"
EARLIER = 10  # messages before the self-check in which facts are looked for
CLOSE = 66.0  # likeness in percent from which what a question is called is recognised
MOST_MISSES = 2  # after so many answers that were not understood the ways out are named

CHOOSE = "帮我选"
WHICH = "要对照哪个项目自查？选一个就行，拿不准就选“帮我选”。"
BEGIN = (
    "{name}自查，一次一个小问题。随时可以说：上一题、修改第几题、不清楚、不适用、稍后再说、暂停、退出；"
    "中间插一句问政策也行。"
)
BEGIN_CHOOSING = "先问几个小问题，看能报哪个。"
NOTED = "记下了：{facts}。不对就说“修改{name}”。"
CORRECTED = "已改：{facts}。"
NOT_HEARD = "这句没听成回答。{how}"
VAGUE = "这里需要再确切一点。{how}"
WAYS_OUT = "答不上来也没关系，可以说“不清楚”“稍后再说”，或者“暂停”。"
OLD_BUTTON = "刚才按的是前面“{name}”的选项，没有记到现在这题；要改它就说“修改{name}”。"
PAUSED = "先停在第{number}题，答过的都留着。说“继续”就接着来。"
FIRST = "这是第一题，前面没有了。"
NO_QUESTION = "没有这一题。答过的有：{names}。"
QUIT = "自查已退出，这次的答案不再保留。想再查就说“自查”。"
NONE_OPEN = "现在没有在做的自查。说“自查”就可以开始。"
RULES_CHANGED = "（规则在您开始以后更新过，这次仍按开始时的算；说“重来”就按新的。）"
GO_ON = "——\n自查停在这里："


def wants(talk: Conversation) -> bool:
    """Whether the message starts a self-check, steers it, or answers its question."""
    check = Check.load(talk.state)
    if _command(talk, check):
        return True
    if check.phase is Phase.PROGRAMME:
        return bool(_programmes_chosen(talk))
    if not check.is_running:
        return False
    return bool(talk.message.question) or bool(read_answer(talk.message.text, check, asking.rules_of(talk, check)))


class Unheard:
    """What a running self-check does not understand and no other handler wants: it is asked once more."""

    NAME = NAME

    def wants(self, talk: Conversation) -> bool:
        """Whether a question waits for an answer that this may have been meant as."""
        is_running = Check.load(talk.state).is_running
        return is_running and not is_for_others(talk.message.text, talk.library)

    def reply(self, talk: Conversation) -> Outcome:
        """The question once more, with an example."""
        return reply(talk)


UNHEARD = Unheard()


def about(talk: Conversation) -> tuple[str, ...]:
    """The programmes of a running self-check; all where it finds out which fit."""
    check = Check.load(talk.state)
    return check.programmes if check.is_running else ()


def go_on(talk: Conversation, reply: Reply) -> Reply:
    """An answer on the policy, and behind it the question that it interrupted."""
    check = Check.load(talk.state)
    asked = asking.question(talk, check, asking.rules_of(talk, check), GO_ON)
    return replace(reply, text=f"{reply.text}\n{asked.text}", options=asked.options, question=asked.question)


def reply(talk: Conversation) -> Outcome:
    """Carry out a command, or take an answer, and ask what comes next."""
    check = Check.load(talk.state)
    if command := _command(talk, check):
        told, check = _ACTS[command.act](talk, check, command)
    elif check.phase is Phase.PROGRAMME:
        told, check = _begin(talk, Check(), _programmes_chosen(talk), [])
    else:
        told, check = _take(talk, check)
    return Outcome(told, check.dump())


Step = tuple[Reply, Check]


def _command(talk: Conversation, check: Check) -> Command | None:
    if check.is_choosing and check.phase is Phase.DONE and normalise(talk.message.text) == ending.ALL:
        return Command(Act.START, check.programmes)
    command = read_command(talk.message.text, talk.library, check.phase)
    is_of_another = command and command.name and not _named_trait(check, command, asking.rules_of(talk, check))
    return None if is_of_another else command


def _programmes_chosen(talk: Conversation) -> tuple[str, ...]:
    """Which programme was named or chosen by its number; all of them for 帮我选."""
    slugs = tuple(talk.library.programmes)
    offered = dict(enumerate((*slugs, CHOOSE), 1))
    text = talk.message.text
    chosen = CHOOSE if CHOOSE in text else choose_by_number(text, offered)
    if chosen == CHOOSE:
        return slugs
    return (chosen,) if chosen else find_programmes(normalise(text), talk.library.lexicon)[0]


# ---------------------------------------------------------------- to begin
def _start(talk: Conversation, check: Check, command: Command) -> Step:
    earlier = [one.text for one in messages.history(talk.session, talk.contact, EARLIER)]
    programmes = command.programmes or _spoken_of(talk, earlier)
    if not programmes:
        names = tuple(one.name for one in talk.library.programmes.values())
        asked = Asked("programme", "choice", (0, 0))
        return Reply(WHICH, Status.CLARIFY, (), (*names, CHOOSE), asked), replace(Check(), phase=Phase.PROGRAMME)
    return _begin(talk, check, programmes, [*earlier, talk.message.text])


def _choose(talk: Conversation, check: Check, command: Command) -> Step:
    earlier = [one.text for one in messages.history(talk.session, talk.contact, EARLIER)]
    return _begin(talk, Check(), tuple(talk.library.programmes), [*earlier, talk.message.text])


def _spoken_of(talk: Conversation, earlier: list[str]) -> tuple[str, ...]:
    """The one programme that was spoken of last."""
    for text in reversed(earlier):
        named = find_programmes(normalise(text), talk.library.lexicon)[0]
        if named:
            return named if len(named) == 1 else ()
    return ()


def _begin(talk: Conversation, before: Check, programmes: tuple[str, ...], told: list[str]) -> Step:
    """Begin a self-check; what was told before, here or in the self-check before it, is not asked again."""
    rules = asking.current_rules(talk, programmes)
    for one in rules.checklists:
        rulesets.keep(talk.session, one.version, one.dump())
    known = {trait.id for trait in rules.traits}
    answers = {name: answer for name, answer in before.answers.items() if name in known}
    answers |= facts_in(told, rules)
    is_choosing = len(programmes) == len(talk.library.programmes)
    versions = {one.programme: one.version for one in rules.checklists}
    check = Check(Phase.ASKING, programmes, versions, answers, is_choosing=is_choosing)
    names = "、".join(talk.library.programmes[slug].name for slug in programmes)
    lead = BEGIN_CHOOSING if is_choosing else BEGIN.format(name=names)
    return _next(talk, check, rules, "\n".join(filter(None, (lead, _noted(answers, rules)))))


def _noted(facts: Mapping[str, Answer], rules: Rules, sentence: str = NOTED) -> str:
    """The facts that were taken without being asked, shown so that they can be put right."""
    if not facts:
        return ""
    shown = [f"{rules.trait(name).name} {rules.trait(name).shows(answer)}" for name, answer in facts.items()]
    return sentence.format(facts="，".join(shown), name=rules.trait(next(iter(facts))).name)


# ---------------------------------------------------------------- to go on
def _next(talk: Conversation, check: Check, rules: Rules, lead: str = "") -> Step:
    """Ask what can still matter, or tell what was found."""
    if rules.is_changed and not check.is_told_of_change:
        lead, check = f"{RULES_CHANGED}\n{lead}".strip(), replace(check, is_told_of_change=True)
    check = replace(check, asked="", misses=0)
    names = asking.open_traits(talk, check, rules)
    if names:
        return asking.ask(talk, check, rules, names[0], lead)
    return _finish(talk, check, rules, lead)


def _finish(talk: Conversation, check: Check, rules: Rules, lead: str = "") -> Step:
    check = replace(check, phase=Phase.DONE, asked="")
    if check.is_choosing:
        told, worth = ending.which_fit(talk, check, rules)
        check = replace(check, programmes=worth or check.programmes)
    else:
        told = ending.result(talk, check, rules)
    return replace(told, text="\n".join(filter(None, (lead, told.text)))), check


def _take(talk: Conversation, check: Check) -> Step:
    """Take an answer, and the facts told beside it."""
    rules = asking.rules_of(talk, check)
    pressed = talk.message.question
    if pressed and pressed != check.asked:
        traits = talk.library.inquiry.traits
        name = traits[pressed].name if pressed in traits else pressed
        return asking.question(talk, check, rules, OLD_BUTTON.format(name=name)), check
    said = read_answer(talk.message.text, check, rules)
    if not said:
        return _again(talk, check, rules, NOT_HEARD)
    check, lead = _with_facts(check, said, rules)
    if said.heard is None or said.heard.is_vague:
        if not said.facts:
            return _again(talk, check, rules, VAGUE)
        still_open = check.asked in asking.open_traits(talk, check, rules)
        return (asking.question(talk, check, rules, lead), check) if still_open else _next(talk, check, rules, lead)
    return _next(talk, _taken(check, check.asked, said.heard), rules, lead)


def _taken(check: Check, name: str, heard: Heard) -> Check:
    """With what was heard: an answer, or the reason why there is none."""
    answer = heard.answer if heard.answer is not None else heard.blank
    return check if answer is None else check.with_answer(name, answer)


def _with_facts(check: Check, said: Said, rules: Rules) -> tuple[Check, str]:
    """The facts told beside an answer, taken and shown; one that was known otherwise is put right."""
    changed = {name: one for name, one in said.facts.items() if check.answers.get(name) not in (None, one)}
    fresh = {name: one for name, one in said.facts.items() if name not in check.answers}
    for name, answer in said.facts.items():
        check = check.with_answer(name, answer)
    return check, "\n".join(filter(None, (_noted(fresh, rules), _noted(changed, rules, CORRECTED))))


def _again(talk: Conversation, check: Check, rules: Rules, sentence: str) -> Step:
    """Ask once more, with an example; after some misses the ways out are named too."""
    check = replace(check, misses=check.misses + 1)
    lead = sentence.format(how=asking.how(rules.trait(check.asked)))
    if check.misses >= MOST_MISSES:
        lead += WAYS_OUT
    return asking.question(talk, check, rules, lead), check


# ---------------------------------------------------------------- to steer
def _back(talk: Conversation, check: Check, command: Command) -> Step:
    rules = asking.rules_of(talk, check)
    before = check.order[: check.order.index(check.asked)] if check.asked in check.order else check.order
    if not before:
        return _say(talk, check, rules, FIRST)
    asked = check.asked
    check = (check.without(asked) if asked and asked not in check.answers else check).without(before[-1])
    return asking.ask(talk, check, rules, before[-1])


def _say(talk: Conversation, check: Check, rules: Rules, sentence: str) -> Step:
    """A sentence, and the question that waits, if one does."""
    if check.asked:
        return asking.question(talk, check, rules, sentence), check
    return Reply(sentence, Status.HELP, (), (ending.MINE,)), check


def _change(talk: Conversation, check: Check, command: Command) -> Step:
    """Answer a question anew, the other answers kept: by its number or by its name, perhaps with the new answer."""
    rules = asking.rules_of(talk, check)
    name = _named_trait(check, command, rules)
    if not name:
        numbers = [f"第{number}题 {rules.trait(one).name}" for number, one in enumerate(check.order, 1)]
        lead = NO_QUESTION.format(names="、".join(numbers) or "还没有")
        return _say(talk, check, rules, lead)
    heard = hear(command.rest, rules.trait(name), rules.bounds(name)) if command.rest else None
    if heard is None or heard.is_vague:
        waiting = check.asked
        check = check.without(waiting) if waiting and waiting not in check.answers and waiting != name else check
        return asking.ask(talk, check, rules, name)
    taken = {name: heard.answer} if heard.answer is not None else {}
    return _next(talk, _taken(check, name, heard), rules, _noted(taken, rules, CORRECTED))


def _named_trait(check: Check, command: Command, rules: Rules) -> str:
    """The trait a change is about: the one with that number, or the one called so (人数, 场地); else nothing."""
    if command.number:
        return check.order[command.number - 1] if command.number <= len(check.order) else ""
    named = {trait.name: trait.id for trait in rules.traits}
    close = process.extractOne(command.name, named.keys(), scorer=fuzz.partial_ratio, score_cutoff=CLOSE)
    return named[close[0]] if close else ""


def _pause(talk: Conversation, check: Check, command: Command) -> Step:
    if not check.is_running:
        return Reply(NONE_OPEN, Status.HELP, (), ("自查",)), check
    number = check.order.index(check.asked) + 1
    paused = replace(check, phase=Phase.PAUSED)
    return Reply(PAUSED.format(number=number), Status.HELP, (), ("继续",)), paused


def _resume(talk: Conversation, check: Check, command: Command) -> Step:
    rules = asking.rules_of(talk, check)
    if check.phase is Phase.DONE:
        return _rest(talk, check, command)
    return (
        _next(talk, replace(check, phase=Phase.ASKING), rules)
        if not check.asked
        else asking.ask(talk, check, rules, check.asked)
    )


def _restart(talk: Conversation, check: Check, command: Command) -> Step:
    programmes = tuple(talk.library.programmes) if check.is_choosing else check.programmes
    return _begin(talk, Check(), programmes, [])


def _quit(talk: Conversation, check: Check, command: Command) -> Step:
    return Reply(QUIT, Status.HELP, (), ("自查", ending.MINE)), Check()


def _show_progress(talk: Conversation, check: Check, command: Command) -> Step:
    rules = asking.rules_of(talk, check)
    if not check.asked:
        return _finish(talk, check, rules)
    done, everything = asking.progress(talk, check, rules)
    lead = f"答了{done}题，大约还有{everything - done}题。"
    return asking.question(talk, replace(check, phase=Phase.ASKING), rules, lead), replace(check, phase=Phase.ASKING)


def _result(talk: Conversation, check: Check, command: Command) -> Step:
    check = check.without(check.asked) if check.asked and check.asked not in check.answers else check
    return _finish(talk, check, asking.rules_of(talk, check))


def _rest(talk: Conversation, check: Check, command: Command) -> Step:
    """Go through the conditions that could no longer change the verdict."""
    check = replace(check, is_thorough=not check.is_choosing)
    return _next(talk, check, asking.rules_of(talk, check))


def _list(talk: Conversation, check: Check, command: Command) -> Step:
    return ending.past(talk), check


def _show(talk: Conversation, check: Check, command: Command) -> Step:
    return ending.show_again(talk, command.number), check


def _delete(talk: Conversation, check: Check, command: Command) -> Step:
    return ending.delete(talk, command.number), check


_ACTS: Mapping[Act, Callable[[Conversation, Check, Command], Step]] = {
    Act.START: _start,
    Act.CHOOSE: _choose,
    Act.BACK: _back,
    Act.CHANGE: _change,
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.RESTART: _restart,
    Act.QUIT: _quit,
    Act.PROGRESS: _show_progress,
    Act.RESULT: _result,
    Act.REST: _rest,
    Act.LIST: _list,
    Act.SHOW: _show,
    Act.DELETE: _delete,
}
