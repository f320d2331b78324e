"""The HTTP interface: `create_app` makes it, over any repository."""

from rentomatic_web.app import create_app

__all__ = ["create_app"]
