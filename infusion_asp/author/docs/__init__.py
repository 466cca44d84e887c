"""For reading rules: the rulebook as a site, or as one page."""

from infusion_asp.author.docs.site import write_page, write_site

__all__ = ["write_page", "write_site"]
