"""A small district in a box, on loopback, that lives through one quarter and knows its truth.

Only the demonstration, tests and benchmarks use it. It serves what real sites serve, on ports it is given,
at a simulated time; nothing in it is taken from, or known to, the system that reads it.
"""
