"""`python -m service.cli` is `warta`."""

from service.cli import main

main()
