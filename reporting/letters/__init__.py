"""Letters to units and the office: digests, notices, the night's summary."""
