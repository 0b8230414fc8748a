"""`python -m cluster.crawl_child JOB.json CALLER`: one district's part of a visit, which ends with its caller."""

import sys
from pathlib import Path

from core.documents.child import end_with_caller
from core.runtime.failures import LOG, explain
from core.runtime.owner_only import keep_to_owner
from core.runtime.paths import Paths
from crawler.__main__ import crawl
from crawler.crawl_job import CrawlJob, read_job


def _told(job: CrawlJob) -> int:
    """Make the crawl; what breaks it is said in a sentence, the last word of this process: its visit tells it."""
    LOG.paths = Paths(job.store.parent)
    try:
        return crawl(job)
    except Exception as error:
        sentence, code = explain(error)
        print(sentence, file=sys.stderr)
        return code


if __name__ == "__main__":
    end_with_caller(int(sys.argv[2]))
    keep_to_owner()
    sys.exit(_told(read_job(Path(sys.argv[1]))))
