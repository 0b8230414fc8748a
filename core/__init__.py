"""The ground floor: words, time, text, configuration and what is kept. Imports no stage."""
