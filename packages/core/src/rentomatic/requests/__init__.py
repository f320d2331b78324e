"""Parse untrusted text into values of the domain; errors list all problems."""
