"""What `just bench` runs: wrk against the product, beside rivals and against its own growth."""
