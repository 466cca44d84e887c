"""The package's public face: `Encounter`, `code`, `code_many` and the version."""

from typing import TYPE_CHECKING, Any

from infusion_asp.model import Encounter, InputError, Result

if TYPE_CHECKING:
    from infusion_asp.coding import code, code_many

__version__ = "0.1.0"
__all__ = ["Encounter", "InputError", "Result", "__version__", "code", "code_many"]


def __getattr__(name: str) -> Any:
    """Load the coder on first use, so that reading encounters does not load the solver."""
    if name in ("code", "code_many"):
        from infusion_asp import coding  # noqa: PLC0415

        return getattr(coding, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
