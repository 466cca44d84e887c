"""For comparing two rulebooks: what differs in text, in answers, in money, or nowhere."""
