"""`setup falco` with real helms, on a cluster of these tests' own."""
