"""For authors of rules: proofs about the rulebook itself, tests of rules, mutants."""
