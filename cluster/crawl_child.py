"""`python -m cluster.crawl_child JOB.json CALLER`: one district's part of a visit, which ends with its caller."""

import sys
from pathlib import Path

from core.documents.child import end_with_caller
from core.runtime.owner_only import keep_to_owner
from crawler.__main__ import crawl
from crawler.crawl_job import read_job

if __name__ == "__main__":
    end_with_caller(int(sys.argv[2]))
    keep_to_owner()
    sys.exit(crawl(read_job(Path(sys.argv[1]))))
