"""Implicit Two-Tower policies trained by evolution strategies: a reproduction that others can extend.

The rooms of this package and what flows between them are described in docs/architecture.md.
"""

__version__ = "0.1.0"
