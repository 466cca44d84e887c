"""The rulebook's pages with the encounters of the open batch in which a rule fired."""
