"""For proofs about the rulebook: invariants over every encounter up to a bound."""
