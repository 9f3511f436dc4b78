"""What a message says to a running self-check: an answer to its question, facts beside it, or neither."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.checking.asking import Rules, options_of
from handlers.checking.state import Check
from knowledge.hearing import Heard, choose_by_number, hear, is_question, overhear, pieces_of
from knowledge.library import Library
from knowledge.traits import Answer, Blank, Kind, Trait
from knowledge.understanding import find_programmes
from knowledge.wording import normalise

LONGEST_UNSURE = 7  # characters; a longer text with 不知道 in it asks something


@dataclass(frozen=True)
class Said:
    """What was understood of a message.

    Args:
        heard: the answer to the question asked, if there is one.
        facts: answers to other questions that were told with it.
    """

    heard: Heard | None
    facts: Mapping[str, Answer]

    def __bool__(self) -> bool:
        return self.heard is not None or bool(self.facts)


def read_answer(text: str, check: Check, rules: Rules) -> Said:
    """Hold a message against the question asked and all others of these rules."""
    trait = rules.trait(check.asked)
    if plain := _by_option(text, trait):
        return Said(plain, {})
    if is_question(text):
        return Said(_unsure(text, trait), {})
    facts: dict[str, Answer] = {}
    rest = []
    for piece in pieces_of(text):
        told = overhear(piece, rules.traits)
        facts |= {name: answer for name, answer in told.items() if name not in facts}
        if not told or trait.id in told:
            rest.append(piece)
    heard = _direct("，".join(rest), trait, rules)
    if trait.id in facts and heard is None:
        heard = Heard(answer=facts[trait.id])
    return Said(heard, {name: answer for name, answer in facts.items() if name != trait.id})


def facts_in(texts: list[str], rules: Rules) -> dict[str, Answer]:
    """What was told of a studio in earlier messages; what was said last holds."""
    found: dict[str, Answer] = {}
    for text in texts:
        if not is_question(text):
            found |= overhear(text, rules.traits)
        else:
            pieces = [piece for piece in pieces_of(text) if not is_question(piece)]
            found |= overhear("，".join(pieces), rules.traits)
    return found


def is_for_others(text: str, library: Library) -> bool:
    """Whether a message that is no answer is rather a question on the policy, a greeting or thanks."""
    said = normalise(text).strip(" 。.，,！!？?~")
    small = {*library.lexicon.smalltalk["thanks"], *library.lexicon.smalltalk["greet"]}
    return (
        is_question(text)
        or said in small
        or said in library.lexicon.speech["text"]
        or bool(find_programmes(said, library.lexicon)[0])
    )


def _by_option(text: str, trait: Trait) -> Heard | None:
    """The option that was pressed, written out or named by its number."""
    options = options_of(trait)
    said = text.strip()
    chosen = said if said in options else None
    if chosen is None and trait.kind is not Kind.NUMBER:  # there a digit is the answer itself
        chosen = choose_by_number(text, dict(enumerate(options, 1)))
    if chosen is None:
        return None
    if chosen == options[-1]:
        return Heard(blank=Blank.UNSURE)
    if trait.kind is Kind.YES:
        return Heard(answer=chosen == options[0])
    return Heard(answer=next(one.id for one in trait.choices if one.says == chosen))


def _unsure(text: str, trait: Trait) -> Heard | None:
    """不知道是哪级 answers, although it has the form of a question."""
    heard = hear(text, trait) if len(text) <= LONGEST_UNSURE else None
    return heard if heard and heard.blank else None


def _direct(text: str, trait: Trait, rules: Rules) -> Heard | None:
    return hear(text, trait, rules.bounds(trait.id)) if text else None
