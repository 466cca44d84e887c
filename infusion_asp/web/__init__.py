"""The analyst's page: encounters edited, coded and explained in a browser on this machine."""
