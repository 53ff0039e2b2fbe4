"""The part of the OpenAPI document about pages for people, and about page views."""

from typing import Any

from service.web.openapi.parts import ID, PAGE, answer, operation, parameter, problems


def page_paths() -> dict[str, Any]:
    """Return the paths of the pages and their photos, of page views, and of the script that a news page embeds."""
    name = parameter("name", "path", "Id of an article of the sample newsroom.", type="string", pattern="^demo-")
    return {
        "/": {"get": operation("The directory of feeds, for people", {"200": PAGE, **problems(503)})},
        "/photos/{name}.png": {
            "parameters": [name],
            "get": operation(
                "A photo of the sample newsroom",
                {"200": {"description": "The photo.", "content": {"image/png": {}}}, **problems(404, 503)},
            ),
        },
        "/articles/{id}": {
            "parameters": [ID],
            "get": operation(
                "The article's page, if article pages are on",
                {"200": PAGE, **problems(404, 410, 503)},
            ),
        },
        "/articles/{id}/views": {
            "parameters": [ID],
            "post": operation("Count a page view (beacon)", {"204": answer("Taken."), **problems(404)}),
        },
        "/articles/{id}/views.gif": {
            "parameters": [ID],
            "get": operation(
                "Count a page view (pixel)",
                {"200": {"description": "A pixel.", "content": {"image/gif": {}}}, **problems(404)},
            ),
        },
        "/embed.js": {
            "get": operation(
                "The script of a news page: sends the beacon, and fills the Populer and UPDATE boxes",
                {
                    "200": {"description": "The script.", "content": {"text/javascript": {}}},
                    "304": {"description": "The client's copy is current."},
                    **problems(406, 412),
                },
            ),
        },
        "/embed/demo": {
            "get": operation(
                "A news page with that script and its boxes, if article pages are on",
                {"200": PAGE, **problems(404, 503)},
            ),
        },
    }
