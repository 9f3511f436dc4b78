"""The web chat as people see it: one page and its static files; the API behind it lives in `channels/web.py`."""

from os import PathLike, stat_result
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from bot.pages.welcome import PROGRAMMES, SUGGESTIONS

_FOLDER = Path(__file__).parent
TEMPLATES = Jinja2Templates(directory=_FOLDER / "templates")


def routes() -> list[BaseRoute]:
    """The page at `/` and its files under `/static`; neither needs a setting."""
    return [
        Route("/", show_chat, methods=["GET"], name="chat"),
        Mount("/static", _Static(directory=_FOLDER / "static"), name="static"),
    ]


async def show_chat(request: Request) -> Response:
    """The chat page. It holds no conversation: the script asks the API for it."""
    welcome = {"programmes": PROGRAMMES, "suggestions": SUGGESTIONS}
    return TEMPLATES.TemplateResponse(request, "chat.html", welcome, headers={"Cache-Control": "private, no-cache"})


class _Static(StaticFiles):
    """Static files that a browser keeps but asks about each time, so a new release shows at once."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response
