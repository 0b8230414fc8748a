"""What every stage stands on: the domain, documents read apart, the store, the machine. Imports no stage."""
