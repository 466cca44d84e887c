"""For authors of rules: proofs about the rulebook itself."""

from infusion_asp.author.proof import Counterexample, Proof
from infusion_asp.author.prove import prove

__all__ = ["Counterexample", "Proof", "prove"]
