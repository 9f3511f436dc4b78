"""What a self-check asks next: only what can still change a verdict, and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.checking.state import Check, Phase
from handlers.conversation import Asked, Conversation, Reply
from knowledge.assessing import Assessment, Outcome, Verdict, assess
from knowledge.checklist import Checklist, checklist_of
from knowledge.traits import Blank, Kind, Trait
from knowledge.vocabulary import Status
from storage import rulesets

# What tells which programmes fit: where the unit belongs, then what its leader is.
CHOOSING = ("place", "cccc-unit", "member-grade", "quota-given", "leader-title", "leader-honour", "leader-recognised")
UNSURE = Blank.UNSURE.chinese
BAR = 8  # cells of the bar that shows progress

ASKS = "第{number}题（约{all}题 {bar}）{asks}"
HOW_NUMBER = "直接回一个数，例如“{example}{unit}”；说不准就回“不清楚”。"
HOW_YES = "请回“{yes}”或“{no}”；说不准就回“不清楚”。"
HOW_CHOICE = "请回其中一项或它的序号：{choices}；说不准就回“不清楚”。"


@dataclass(frozen=True)
class Rules:
    """The checklists a self-check is held to, and whether they are those of today."""

    checklists: tuple[Checklist, ...]
    is_changed: bool = False

    def trait(self, name: str) -> Trait:
        """A trait by its name."""
        return next(one.traits[name] for one in self.checklists if name in one.traits)

    def bounds(self, name: str) -> tuple[float, ...]:
        """The numbers at which any of the programmes turns."""
        return tuple(bound for one in self.checklists for bound in one.bounds.get(name, ()))

    @property
    def traits(self) -> tuple[Trait, ...]:
        """Every trait that any of the programmes looks at."""
        return tuple({name: trait for one in self.checklists for name, trait in one.traits.items()}.values())


def current_rules(talk: Conversation, programmes: Sequence[str]) -> Rules:
    """The rules as they now stand."""
    return Rules(tuple(checklist_of(talk.library, slug) for slug in programmes))


def rules_of(talk: Conversation, check: Check) -> Rules:
    """The rules a self-check began with."""
    checklists, is_changed = [], False
    for slug in check.programmes:
        checklist = checklist_of(talk.library, slug)
        begun = check.versions.get(slug, checklist.version)
        if begun != checklist.version and (kept := rulesets.find(talk.session, begun)):
            checklist, is_changed = Checklist.load(kept, talk.library.inquiry), True
        checklists.append(checklist)
    return Rules(tuple(checklists), is_changed)


def assessments(talk: Conversation, check: Check, rules: Rules) -> tuple[Assessment, ...]:
    """The self-check held against each of its programmes."""
    return tuple(assess(one, check.answers, talk.today, changed_clauses(talk)) for one in rules.checklists)


def changed_clauses(talk: Conversation) -> frozenset[tuple[str, str]]:
    """The clauses whose original is not the one the requirements were made from."""
    return talk.originals.changed if talk.originals else frozenset()


def open_traits(talk: Conversation, check: Check, rules: Rules) -> tuple[str, ...]:
    """What is still to be asked, in order: what was put off comes last, what the person does not know never again."""
    found = assessments(talk, check, rules)
    if check.is_choosing:
        wanted = _to_choose(found, check)
    elif check.is_thorough:
        wanted = [name for one in found for name in _all_open(one, check)]
    else:
        wanted = [name for one in found for name in one.open_traits]
    fresh = [name for name in dict.fromkeys(wanted) if name not in check.blanks]
    later = [name for name in dict.fromkeys(wanted) if check.blanks.get(name) is Blank.LATER]
    return (*fresh, *later)


def _all_open(found: Assessment, check: Check) -> list[str]:
    if found.verdict is Verdict.OUTSIDE:
        return []
    return [
        name for one in found.with_outcome(Outcome.OPEN) for name in one.requirement.test.open_traits(check.answers)
    ]


def _to_choose(found: Sequence[Assessment], check: Check) -> list[str]:
    """Of what tells which programmes fit, what still matters to one that is not ruled out."""
    matters = {
        name
        for one in found
        if one.verdict not in (Verdict.OUTSIDE, Verdict.FAILS)
        for finding in one.with_outcome(Outcome.OPEN)
        if set(finding.requirement.traits) <= set(CHOOSING)
        for name in finding.requirement.test.open_traits(check.answers)
    }
    return [name for name in CHOOSING if name in matters]


def options_of(trait: Trait) -> tuple[str, ...]:
    """The answers a question offers; a number is typed."""
    if trait.kind is Kind.NUMBER:
        return (UNSURE,)
    if trait.kind is Kind.CHOICE:
        return (*(one.says for one in trait.choices), UNSURE)
    has = "有没有" in trait.asks or trait.asks.endswith("有吗？")
    return ("有", "没有", UNSURE) if has else ("是", "不是", UNSURE)


def ask(talk: Conversation, check: Check, rules: Rules, name: str, lead: str = "") -> tuple[Reply, Check]:
    """Ask for a trait; the reply and the self-check that waits for its answer."""
    check = replace(check, phase=Phase.ASKING, asked=name).numbered(name)
    return question(talk, check, rules, lead), check


def question(talk: Conversation, check: Check, rules: Rules, lead: str = "") -> Reply:
    """The question that is waited for."""
    trait = rules.trait(check.asked)
    done, everything = progress(talk, check, rules)
    number = check.order.index(check.asked) + 1
    text = ASKS.format(number=number, all=max(number, everything), bar=bar(done, everything), asks=trait.asks)
    if trait.kind is Kind.NUMBER:
        text += "\n" + how(trait)
    asked = Asked(trait.id, trait.kind, (done, everything))
    return Reply("\n".join(filter(None, (lead, text))), Status.CLARIFY, (), options_of(trait), asked)


def progress(talk: Conversation, check: Check, rules: Rules) -> tuple[int, int]:
    """How many questions are answered, and how many there are as far as is known now."""
    left = {*open_traits(talk, check, rules), check.asked} if check.asked else {*open_traits(talk, check, rules)}
    done = len([name for name in check.order if name != check.asked and check.blanks.get(name) is not Blank.LATER])
    return done, done + len(left - (set(check.order) - {check.asked} - set(_put_off(check))))


def _put_off(check: Check) -> list[str]:
    return [name for name, why in check.blanks.items() if why is Blank.LATER]


def bar(done: int, everything: int) -> str:
    """A small bar of progress."""
    full = BAR * done // max(everything, 1)
    return "▓" * full + "░" * (BAR - full)


def how(trait: Trait) -> str:
    """How a question is answered, for who was not understood."""
    if trait.kind is Kind.NUMBER:
        return HOW_NUMBER.format(example=trait.example, unit=trait.unit)
    if trait.kind is Kind.CHOICE:
        listed = "，".join(f"{number} {one.says}" for number, one in enumerate(trait.choices, 1))
        return HOW_CHOICE.format(choices=listed)
    yes, no, _ = options_of(trait)
    return HOW_YES.format(yes=yes, no=no)
