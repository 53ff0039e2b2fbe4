"""Readers of pages: each with a browser of their own, so that each counts."""


def reader(n: int = 0) -> dict[str, str]:
    """Headers of the `n`th reader."""
    return {"User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + n}.0) Gecko/20100101 Firefox/{100 + n}.0"}
