"""From untrusted text to values of the domain; every problem is collected, then raised."""
