"""Standalone export: a formula or a Program as one readable module that needs JAX alone.

Main definitions: `export` (write the module), `module_text`.
"""

from __future__ import annotations

from derivax.numeric.export.standalone import export, module_text

__all__ = ["export", "module_text"]
