"""Makes `python -m service.cli` run `warta`."""

from service.cli import main

main()
