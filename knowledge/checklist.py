"""A programme's requirements with the traits they look at: what a self-check is held to, kept whole as one version."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256

from knowledge.library import Citation, Library, Programme
from knowledge.requirements import AtLeast, AtMost, Requirement, requirement_of, table_of
from knowledge.traits import Answer, Inquiry, Kind, Trait, trait_of


@dataclass(frozen=True)
class Call:
    """The day a programme's one call for applications ended, or ends, and its clause."""

    until: date
    citation: Citation


@dataclass(frozen=True)
class Checklist:
    """What one programme asks of a studio.

    Args:
        requirements: in the order in which they are asked.
        call: the programme's call, where it has only one.
    """

    programme: str
    requirements: tuple[Requirement, ...]
    traits: Mapping[str, Trait]
    call: Call | None = None

    @cached_property
    def version(self) -> str:
        """Names the rules: the same text for the same rules, another where anything changed."""
        return sha256(self.dump().encode()).hexdigest()[:16]

    @cached_property
    def bounds(self) -> Mapping[str, tuple[float, ...]]:
        """The numbers at which a requirement turns, by trait."""
        found: dict[str, set[float]] = {}
        for requirement in self.requirements:
            for leaf in requirement.test.leaves():
                if isinstance(leaf, AtLeast | AtMost):
                    found.setdefault(leaf.trait, set()).add(leaf.bound)
        return {trait: tuple(sorted(bounds)) for trait, bounds in found.items()}

    def values(self, trait: str) -> tuple[Answer, ...]:
        """Answers that stand for all: each choice, yes and no, each bound and one to either side of it."""
        one = self.traits[trait]
        if one.kind is Kind.YES:
            return (True, False)
        if one.kind is Kind.CHOICE:
            return tuple(choice.id for choice in one.choices)
        near = {bound + step for bound in self.bounds.get(trait, ()) for step in (-1, 0, 1)}
        return tuple(sorted(value for value in near if value >= 0)) or (0, 1)

    def dump(self) -> str:
        """As JSON; `load` reads it."""
        traits = {name: {**asdict(one), "heard": []} for name, one in self.traits.items()}
        call = [self.call.until.isoformat(), self.call.citation.clause] if self.call else None
        rows = [{"clause": one.clause, **table_of(one)} for one in self.requirements]
        kept = {"programme": self.programme, "requirements": rows, "traits": traits, "call": call}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @classmethod
    def load(cls, kept: str, inquiry: Inquiry) -> "Checklist":
        """A checklist that was kept, its traits heard as they are heard today."""
        raw = json.loads(kept)
        programme = raw["programme"]
        traits = {}
        for name, table in raw["traits"].items():
            heard = inquiry.traits[name].heard if name in inquiry.traits else ()
            del table["id"], table["heard"]
            traits[name] = replace(trait_of(name, {key: value for key, value in table.items() if value}), heard=heard)
        requirements = tuple(requirement_of(programme, row.pop("clause"), row) for row in raw["requirements"])
        call = Call(date.fromisoformat(raw["call"][0]), Citation(programme, raw["call"][1])) if raw["call"] else None
        return cls(programme, requirements, traits, call)


def checklist_of(library: Library, slug: str) -> Checklist:
    """The checklist of a programme as its clauses now stand."""
    programme = library.programmes[slug]
    requirements = _in_order(programme.requirements)
    names = dict.fromkeys(trait for one in requirements for trait in one.traits)
    return Checklist(slug, requirements, {name: library.inquiry.traits[name] for name in names}, _call(programme))


def _in_order(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Gates first, then whom the document is for, then the conditions in the order of the document."""
    return tuple(sorted(requirements, key=lambda one: (not one.is_gate, not one.is_scope)))


def _call(programme: Programme) -> Call | None:
    fact = next((one for one in programme.facts_on("deadline") if one.values.until), None)
    return Call(fact.values.until, fact.citation) if fact and fact.values.until else None
