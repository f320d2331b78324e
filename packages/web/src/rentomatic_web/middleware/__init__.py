"""What happens to every request, whichever view answers it."""
