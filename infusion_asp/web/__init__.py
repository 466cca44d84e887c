"""The analyst's page: a local web server around one encounter, a batch and the rulebook."""
