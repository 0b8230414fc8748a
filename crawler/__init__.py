"""Gets pages; yields looks, sightings and findings. One child process a night (`python -m crawler JOB`)."""
