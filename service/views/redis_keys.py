"""The keys of page views in Redis. All share the hash slot {views}, so that one script may use them in a Cluster.

Scripts make more keys from PREFIX: `bucket:WINDOW:STEP:LIST` has the views of one step of time, `beyond:DAY` the views
that sources had beyond their ceilings.
"""

PREFIX = "warta:{views}:"
ARTICLES = f"{PREFIX}articles"  # by article id: the time of publication and the lists, as JSON
COMPLETE = f"{PREFIX}all"  # exists while ARTICLES has every visible article
AGENDA = f"{PREFIX}agenda"  # by time: the buckets that leave their window, and the keys that end
SEEN = f"{PREFIX}seen"  # a table that recognizes visits
SOURCE_COUNTS = f"{PREFIX}met"  # a table that counts the views of each source
INSTANCE_ID = f"{PREFIX}incarnation"  # lost with all other data, so that a loss is noticed
OVERRIDES = f"{PREFIX}curated"  # by list: the overrides of editors, as JSON; and their version
UNSTORED = f"{PREFIX}unfolded"  # the views that are not in the store yet
BATCH = f"{PREFIX}aside"  # the pending batch: views that are being added to the store
BATCH_TOKEN = f"{PREFIX}aside:token"
RESTORED = f"{PREFIX}restored-views:"  # the views that were restored, by row; a suffix follows


def views_key(window: str, list_name: str) -> str:
    """The sorted set of a list's articles, by their views in a window."""
    return f"{PREFIX}sum:{window}:{list_name}"


def trend_key(half_life: int, age: int, list_name: str) -> str:
    """The sorted set of a list's articles, by their trending scores in an age."""
    return f"{PREFIX}trend:{half_life}:{age}:{list_name}"


def sources_key(day: int) -> str:
    """The number of sources with views of each article in a day (days since the epoch, in the site's time zone)."""
    return f"{PREFIX}sources:{day}"


def ranking_key(window: str, limit: int, list_name: str) -> str:
    """The ranking at the last change of its order."""
    return f"{PREFIX}ranking:{window}:{limit}:{list_name}"
