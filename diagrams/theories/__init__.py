"""Theories whose results are sums of diagrams."""
