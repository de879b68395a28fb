"""What a detector's log says of one run, and the verdict: pure functions, without processes or a clock."""
