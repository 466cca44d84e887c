"""For authors of rules: proofs about the rulebook itself."""

from infusion_asp.author.proof import Counterexample, Proof
from infusion_asp.author.prove import AT_LEAST_ONE, AT_MOST_ONE, prove

__all__ = ["AT_LEAST_ONE", "AT_MOST_ONE", "Counterexample", "Proof", "prove"]
