"""The package's public face: `Encounter`, `code`, `verify`, their batches and the version."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from infusion_asp.model import Encounter, InputError, Result

if TYPE_CHECKING:
    from infusion_asp.coding import code, code_many
    from infusion_asp.verify import verify, verify_many

__version__ = "0.1.0"
__all__ = [
    "Encounter",
    "InputError",
    "Result",
    "__version__",
    "code",
    "code_many",
    "verify",
    "verify_many",
]


def __getattr__(name: str) -> Any:
    """Load the coder on first use, so that reading encounters does not load the solver."""
    if name in ("code", "code_many"):
        from infusion_asp import coding  # noqa: PLC0415

        return getattr(coding, name)
    if name in ("verify", "verify_many"):
        verify = import_module("infusion_asp.verify")  # a package that can be called
        return verify if name == "verify" else verify.verify_many
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
