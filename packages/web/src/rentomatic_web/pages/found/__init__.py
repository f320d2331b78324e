"""What search engines read: pages of places, sitemaps, robots.txt, canonical URLs, linked data."""
