"""Record linkage: submissions and findings → decisions. Pure."""

from linking.link import block_keys, link
from linking.mentions import Mention, mentions_of_finding, mentions_of_submission

__all__ = ["Mention", "block_keys", "link", "mentions_of_finding", "mentions_of_submission"]
