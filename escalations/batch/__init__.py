"""Many cases answered at once: families, one table of all, each answered for itself."""
