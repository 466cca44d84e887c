"""What stands between a request and the page: host, origin, token, size, headers, errors."""

from infusion_asp.web.security.forms import form_of
from infusion_asp.web.security.guard import Guard
from infusion_asp.web.security.headers import Headers
from infusion_asp.web.security.refusals import RefusedError
from infusion_asp.web.security.telling import Telling

__all__ = ["Guard", "Headers", "RefusedError", "Telling", "form_of"]
