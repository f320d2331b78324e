"""Fault injection of `just chaos`: breaks a complete stack under load, and checks the effects."""
