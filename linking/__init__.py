"""Record linkage: submissions and findings → decisions. Pure."""

from linking.blocking import block_keys, meeting
from linking.linker import link
from linking.mentions import Mention, mentions_of_finding, mentions_of_submission

__all__ = ["Mention", "block_keys", "link", "meeting", "mentions_of_finding", "mentions_of_submission"]
