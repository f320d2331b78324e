"""What `rentomatic doctor` looks at wherever the rooms are kept."""
