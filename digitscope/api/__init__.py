"""The HTTP API: the reader behind FastAPI (extra `api`).

`digitscope serve` starts it, and so does `uvicorn --factory digitscope.api:create_app`.
"""

from digitscope.api.app import create_app

__all__ = ["create_app"]
