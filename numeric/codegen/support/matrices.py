"""Matrix pieces."""
