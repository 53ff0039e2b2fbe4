"""Partner feeds: any feed in the format of one aggregator.

docs/partners.md has the sources of the rules, and the uncertain points. A new partner is a file here with a `Partner`,
and a line in PARTNERS.
"""

from service.documents.formats.partners.feedly import FEEDLY
from service.documents.formats.partners.flipboard import FLIPBOARD
from service.documents.formats.partners.linetoday import LINE_TODAY
from service.documents.formats.partners.msn import MSN
from service.documents.formats.partners.partner import Partner
from service.documents.formats.partners.podcast import PODCAST
from service.documents.formats.partners.smartnews import SMARTNEWS

PARTNERS = {
    partner.extension: partner
    for partner in (
        SMARTNEWS,
        FLIPBOARD,
        MSN,
        LINE_TODAY,
        FEEDLY,
        PODCAST,
    )
}
PROFILES = {partner.name: partner for partner in PARTNERS.values()}

__all__ = ["PARTNERS", "PROFILES", "Partner"]
