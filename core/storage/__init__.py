"""Everything that is kept: the SQLite store and its repositories, the WARC archive, the hash chain, backup."""
