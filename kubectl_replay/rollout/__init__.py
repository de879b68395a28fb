"""The agents of a release on their way: how far they are, what is in their way, and the wait for them."""
