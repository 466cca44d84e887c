"""Owns the known answers of many encounters: solved once, then read and partly solved again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import clingo
from clingo.ast import AST

from infusion_asp.author.joint import (
    PLAYS,
    SIZE,
    VIOLATES,
    Atoms,
    Job,
    Joint,
    Signature,
    prefixed,
    sorted_in,
)
from infusion_asp.rulebook.atoms import uses


class Models:
    """The answer of the rules to each job; a job without exactly one answer is in `wrong`."""

    def __init__(self, joint: Joint, jobs: Sequence[Job], size: int = SIZE) -> None:
        self.joint = joint
        self.count = len(jobs)
        self.atoms: Atoms = {}
        self.wrong: set[int] = set()
        contexts: dict[int, int] = {}
        self.context_of: dict[int, int] = {}
        self.jobs_of: dict[int, list[int]] = {}
        self._shared: list[tuple[clingo.Symbol, ...]] = []
        for number, job in enumerate(jobs):
            context = contexts.setdefault(id(job.shared), len(contexts))
            if context == len(self._shared):
                self._shared.append(job.shared)
            self.context_of[number] = context
            self.jobs_of.setdefault(context, []).append(number)
        self._kept = [job.shared for job in jobs]  # ids stay theirs while these are held
        numbers = sorted(range(len(jobs)), key=lambda each: self.context_of[each])
        self._seen: set[int] = set()
        for start in range(0, len(numbers), size):
            self._solve(jobs, numbers[start : start + size])
        del self._kept

    def _solve(self, jobs: Sequence[Job], numbers: Sequence[int]) -> None:
        contexts = sorted({self.context_of[each] for each in numbers})
        facts = self._named(numbers)
        for each in contexts:
            facts += prefixed(each, self._shared[each])
        for number in numbers:
            facts += prefixed(number, jobs[number].facts)
        done = self.joint.solve(self.joint.statements, facts, True)
        if done.messages:
            raise self.problem(done.messages)
        if len(done.models) == 1:
            new = set(contexts) - self._seen
            self._seen |= new
            shared = self.joint.shared
            sorted_in(
                self.atoms,
                (
                    atom
                    for atom in done.models[0]
                    if (atom.name, len(atom.arguments) - 1) not in shared
                    or atom.arguments[0].number in new
                ),
            )
        elif len(numbers) > 1:
            half = len(numbers) // 2
            self._solve(jobs, numbers[:half])
            self._solve(jobs, numbers[half:])
        else:
            self.wrong.update(numbers)

    def problem(self, messages: Sequence[str]) -> Exception:
        """What clingo said, as an error."""
        from infusion_asp.engine.errors import RuleMessages  # noqa: PLC0415

        return RuleMessages(self.joint.book.problem(message) for message in messages)

    def _named(self, numbers: Iterable[int]) -> list[clingo.Symbol]:
        jobs = {each: self.context_of[each] for each in numbers}
        return self.joint.given(jobs, sorted(set(jobs.values())))

    def of(self, signature: Signature, number: int) -> list[clingo.Symbol]:
        """The lifted atoms of one predicate that hold for one job."""
        key = self.context_of[number] if signature in self.joint.shared else number
        return self.atoms.get(signature, {}).get(key, [])

    def facts(
        self, signatures: Iterable[Signature], numbers: Collection[int] | None = None
    ) -> list[clingo.Symbol]:
        """The known atoms of these predicates for some jobs (all of them), to be facts."""
        if numbers is None:
            numbers = range(self.count)
        found = self._named(numbers)
        contexts = sorted({self.context_of[each] for each in numbers})
        for signature in signatures:
            group = self.atoms.get(signature)
            if group:
                for key in contexts if signature in self.joint.shared else numbers:
                    found += group.get(key, ())
        return found


class Dependence:
    """Which statements of a rulebook must be solved again when some predicates change."""

    def __init__(self, statements: Sequence[AST]) -> None:
        found = [uses(each) for each in statements]
        self.heads = [frozenset(u.signature for u in each if u.in_head) for each in found]
        self.reads = [frozenset(u.signature for u in each if not u.in_head) for each in found]
        self._closures: dict[frozenset[Signature], frozenset[Signature]] = {}

    def behind(self, changed: frozenset[Signature]) -> frozenset[Signature]:
        """All predicates that may change; where a constraint may, the choice of roles too."""
        if changed not in self._closures:
            found = set(changed)
            size = 0
            while size != len(found):
                size = len(found)
                if VIOLATES in found:
                    found.add(PLAYS)
                for heads, reads in zip(self.heads, self.reads, strict=True):
                    if not heads <= found and not reads.isdisjoint(found):
                        found |= heads
            self._closures[changed] = frozenset(found)
        return self._closures[changed]

    def again(self, changed: frozenset[Signature]) -> tuple[list[int], frozenset[Signature]]:
        """The statements that derive what may change, and what they read that can't."""
        behind = self.behind(changed)
        chosen = [at for at, heads in enumerate(self.heads) if not heads.isdisjoint(behind)]
        read = frozenset().union(*(self.reads[at] for at in chosen)) - behind
        return chosen, read
