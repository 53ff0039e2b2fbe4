"""Runs uses of the store in threads beside the asyncio loop, which must not wait for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

MAX_STORE_THREADS = 3

P = ParamSpec("P")
R = TypeVar("R")


class StoreThreads:
    """A few threads that use the store and make documents."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MAX_STORE_THREADS, thread_name_prefix="hub-store")

    async def __call__(self, use: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """Run the function in a thread, and return its result. Raises its errors."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: use(*arguments, **named))

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
