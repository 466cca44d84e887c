"""The package's public face: `Encounter`, `code` and the version."""

from typing import TYPE_CHECKING, Any

from infusion_asp.model import Encounter, InputError, Result

if TYPE_CHECKING:
    from infusion_asp.coding import code

__version__ = "0.1.0"
__all__ = ["Encounter", "InputError", "Result", "__version__", "code"]


def __getattr__(name: str) -> Any:
    """Load `code` on first use, so that reading encounters does not load the solver."""
    if name == "code":
        from infusion_asp.coding import code  # noqa: PLC0415

        return code
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
