"""The places of deliveries: one that does not answer holds back no other."""

import asyncio

from service.push.hub.lanes import Lanes


def test_a_delivery_that_waits_gets_the_place_of_one_that_hangs() -> None:
    """It must not be given back just when the place comes free."""

    async def deliver(lanes: Lanes, *, hangs: bool, ended: asyncio.Event) -> bool:
        async with lanes.place("reader.example", slow=False) as entered:
            if hangs:
                await ended.wait()
            return entered

    async def both() -> list[bool]:
        lanes, ended = Lanes(requests_per_host=2), asyncio.Event()
        hanging = [asyncio.create_task(deliver(lanes, hangs=True, ended=ended)) for _ in range(2)]
        waiting = [asyncio.create_task(deliver(lanes, hangs=False, ended=ended)) for _ in range(20)]
        entered = await asyncio.gather(*waiting)
        assert not any(task.done() for task in hanging)
        ended.set()
        await asyncio.gather(*hanging)
        return entered

    assert all(asyncio.run(both()))


def test_a_host_that_answers_nothing_gives_its_deliveries_back() -> None:
    """Beyond the deliveries that may go on beside the lane, the others are tried later."""

    async def enter(lanes: Lanes, ended: asyncio.Event) -> bool:
        async with lanes.place("reader.example", slow=True) as entered:
            if entered:
                await ended.wait()
            return entered

    async def all_of_them() -> list[bool]:
        lanes, ended = Lanes(requests_per_host=2), asyncio.Event()
        tasks = [asyncio.create_task(enter(lanes, ended)) for _ in range(5)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended.set()
        await asyncio.gather(*tasks)
        return [task.result() for task in done]

    assert asyncio.run(all_of_them())[0] is False
