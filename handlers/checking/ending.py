"""How a self-check ends: the reports, kept with a link, or which programmes fit and how they hang together."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.checking import asking
from handlers.checking.asking import Rules
from handlers.checking.report import NOT_A_DECISION, Report, dump_reports, load_reports, report, tell, tell_short
from handlers.checking.state import Check
from handlers.conversation import Conversation, Reply
from knowledge.assessing import Assessment, Outcome, Verdict
from knowledge.library import Citation
from knowledge.vocabulary import Status
from storage import selfchecks
from storage.selfchecks import SelfCheck

LINK_DAYS = 30  # how long the page of a result can be opened
MOST_CITATIONS = 8
PATH = "/selfcheck/{token}"

REST = "查完其余条件"
MINE = "我的自查"
START = "自查{name}"
ALL = "这几个都查"
CHANGE = "修改{name}"
BASIS = "依据：{reference} {labels}"
PAGE = "完整结果有一页可看、可打印、可下载 Word（{days}天内有效）。"
FITS = {
    Verdict.OUTSIDE: "不在它的范围里",
    Verdict.FAILS: "现在还不行",
    Verdict.CLOSED: "条件对得上，但本轮已截止，可先准备",
    Verdict.INSUFFICIENT: "可以考虑",
    Verdict.EXPLAIN: "可以考虑",
    Verdict.MEETS: "可以考虑",
}
CLOSED_TOO = "（本轮征集已截止，以后再看）"
CHOSEN = "对照下来："
RELATED = "几个项目之间："
NONE_FITS = "手上这几个项目目前都对不上。"
NO_CHECKS = "您还没有做完的自查。说“自查”就可以开始。"
CHECKS = "您做过的自查（最近的在前）：\n{lines}\n说“查看第1次”重看，“删除第1次”删掉。"
NO_SUCH = "没有第{number}次自查。"
DELETED = "第{number}次自查已删除，它的链接也失效了。"


def reports_of(talk: Conversation, check: Check, rules: Rules) -> tuple[Report, ...]:
    """What was found in each programme."""
    changed = asking.changed_clauses(talk)
    return tuple(report(talk.library, one, check.answers, talk.today, changed) for one in rules.checklists)


def result(talk: Conversation, check: Check, rules: Rules) -> Reply:
    """The reports of a self-check, kept with a link."""
    reports = reports_of(talk, check, rules)
    expires_at = talk.now + timedelta(days=LINK_DAYS)
    selfchecks.keep(talk.session, talk.contact, talk.secret, dump_reports(reports), talk.now, expires_at)
    more = any(one.with_outcome(Outcome.OPEN) and one.verdict != Verdict.OUTSIDE for one in reports)
    options = ((REST,) if more and not check.is_thorough else ()) + _to_change(talk, check, rules) + (MINE,)
    return _shown(reports, talk.secret, options)


def _to_change(talk: Conversation, check: Check, rules: Rules) -> tuple[str, ...]:
    """The way to answer anew what stands in the way first."""
    for found in asking.assessments(talk, check, rules):
        for one in (*found.with_outcome(Outcome.UNMET), *found.with_outcome(Outcome.BELOW)):
            return (CHANGE.format(name=rules.trait(one.requirement.traits[0]).name),)
    return ()


def _shown(reports: Sequence[Report], token: str, options: tuple[str, ...]) -> Reply:
    told = tell if len(reports) == 1 else tell_short
    cited = tuple(dict.fromkeys(citation for one in reports for citation in one.citations))[:MOST_CITATIONS]
    text = "\n\n".join(f"{told(one)}\n{_basis(one, cited)}".rstrip() for one in reports)
    if len(reports) > 1:
        text += f"\n{NOT_A_DECISION}"
    return Reply(text, Status.ANSWERED, cited, options, link=PATH.format(token=token))


def _basis(one: Report, cited: Sequence[Citation]) -> str:
    labels = "、".join(citation.clause for citation in cited if citation.document == one.programme)
    return BASIS.format(reference=one.reference, labels=labels) if labels else ""


def which_fit(talk: Conversation, check: Check, rules: Rules) -> tuple[Reply, tuple[str, ...]]:
    """Which programmes fit now or later, how they lead to one another, and those worth a self-check."""
    found = asking.assessments(talk, check, rules)
    library = talk.library
    lines = [f"· {library.programmes[one.programme].name}：{_fits(one)}" for one in found]
    worth = tuple(one.programme for one in found if one.verdict not in (Verdict.OUTSIDE, Verdict.FAILS))
    related, cited = _related(talk, [one.programme for one in found if one.verdict is not Verdict.OUTSIDE])
    text = "\n".join([CHOSEN, *lines, *([RELATED, *related] if related else [])])
    if not worth:
        text += f"\n{NONE_FITS}"
    reasons = [
        Citation(one.programme, finding.requirement.clause)
        for one in found
        for finding in one.with_outcome(Outcome.UNMET)[:1]
    ]
    options = tuple(START.format(name=library.programmes[slug].name) for slug in worth)
    options += (ALL,) if len(worth) > 1 else ()
    citations = tuple(dict.fromkeys((*cited, *reasons)))[:MOST_CITATIONS]
    return Reply(text, Status.ANSWERED, citations, options), worth


def _fits(one: Assessment) -> str:
    """How a programme fits, and the clause that stands in the way."""
    unmet = one.with_outcome(Outcome.UNMET)
    says = FITS[one.verdict]
    if unmet and one.verdict in (Verdict.FAILS, Verdict.OUTSIDE):
        says += f"（{unmet[0].requirement.clause}：要求{unmet[0].requirement.says}）"
    below = one.with_outcome(Outcome.BELOW)
    if below and one.verdict is not Verdict.FAILS:
        says += f"，但{below[0].requirement.says}，低于要求要说明理由（{below[0].requirement.clause}）"
    return says + (CLOSED_TOO if one.is_closed and one.verdict is Verdict.INSUFFICIENT else "")


def _related(talk: Conversation, slugs: Sequence[str]) -> tuple[list[str], list[Citation]]:
    """The ladders between the programmes that may fit, and what stands against another, with their clauses."""
    lines, cited = [], []
    for ladder in talk.library.inquiry.ladders:
        if ladder.programme not in slugs or (ladder.against and ladder.against not in slugs):
            continue
        programme = talk.library.programmes[ladder.programme]
        fact = next(one for one in programme.facts if one.id == ladder.fact)
        lines.append(f"· {ladder.says}（{programme.reference} {fact.clause}）")
        cited.append(fact.citation)
    return lines, cited


def past(talk: Conversation) -> Reply:
    """The self-checks of this person."""
    kept = selfchecks.mine(talk.session, talk.contact)
    if not kept:
        return Reply(NO_CHECKS, Status.HELP, (), ("自查",))
    lines = "\n".join(f"第{number}次  {_summary(one)}" for number, one in enumerate(kept, 1))
    return Reply(CHECKS.format(lines=lines), Status.ANSWERED, (), ("查看第1次", "自查"))


def _summary(one: SelfCheck) -> str:
    reports = load_reports(one.report)
    return f"{reports[0].made_on} " + "；".join(f"{each.title}：{each.verdict}" for each in reports)


def show_again(talk: Conversation, number: int) -> Reply:
    """A past self-check with a new link; the old link ends."""
    kept = selfchecks.mine(talk.session, talk.contact)
    if not 1 <= number <= len(kept):
        return Reply(NO_SUCH.format(number=number), Status.HELP, (), (MINE,))
    one = kept[number - 1]
    selfchecks.renew(talk.session, talk.contact, one.id, talk.secret, talk.now + timedelta(days=LINK_DAYS))
    return _shown(load_reports(one.report), talk.secret, (MINE,))


def delete(talk: Conversation, number: int) -> Reply:
    """Delete a past self-check and its link."""
    kept = selfchecks.mine(talk.session, talk.contact)
    if not 1 <= number <= len(kept):
        return Reply(NO_SUCH.format(number=number), Status.HELP, (), (MINE,))
    selfchecks.forget(talk.session, talk.contact, kept[number - 1].id)
    return Reply(DELETED.format(number=number), Status.HELP, (), (MINE,))
