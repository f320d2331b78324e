"""What `just chaos` runs: a whole stack under load, and what breaks it."""
