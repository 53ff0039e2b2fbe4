"""The command that writes all articles, `warta export`. `imports` has `warta import`."""

from service.cli import context
from service.cli.commands import command
from service.cli.terminal import say_json


@command()
def export() -> None:
    """Write all articles to standard output as JSON Lines, in the form that import and the API take.

    \b
    Example:
      warta export | gzip > articles.jsonl.gz
    """
    with context.services(context.settings()) as services:
        for article in services.store.everything():
            say_json(article.fields())
