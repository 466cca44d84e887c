"""Owns addresses: where a rule, topic, policy, predicate or source stands, on a site or a page."""

from __future__ import annotations

from dataclasses import dataclass

RULES, TOPICS = "rules", "topics"


@dataclass(frozen=True)
class Links:
    """Addresses as seen from one page; `root` leads to the first page. `single`: all on one page.

    The page of a rule is `rules/ID.html`, and stays there.
    """

    root: str = ""
    single: bool = False

    def rule(self, rule_id: str) -> str:
        """The page of a rule."""
        return self.to(f"{RULES}/{rule_id}.html", f"rule-{rule_id}")

    def topic(self, name: str) -> str:
        """The page of a topic."""
        return self.to(f"{TOPICS}/{name}.html", f"topic-{name}")

    def policy(self, name: str) -> str:
        """A policy's table."""
        return self.to(f"policies.html#policy-{name}", f"policy-{name}")

    def predicate(self, name: str, arity: int) -> str:
        """An entry of the vocabulary."""
        anchor = f"predicate-{name}-{arity}"
        return self.to(f"predicates.html#{anchor}", anchor)

    def source(self, name: str) -> str:
        """An entry of the list of sources."""
        return self.to(f"sources.html#source-{name}", f"source-{name}")

    def number(self, name: str) -> str:
        """A numbered rule of the specification, with the rules that carry it out."""
        return self.to(f"sources.html#number-{name}", f"number-{name}")

    def page(self, name: str) -> str:
        """One of the pages that stand beside the first one."""
        return self.to(f"{name}.html", "top" if name == "index" else name)

    def to(self, address: str, anchor: str) -> str:
        """Where a page of the site (`address`, with its anchor) stands, or an entry of one page."""
        return f"#{anchor}" if self.single else self.root + address
