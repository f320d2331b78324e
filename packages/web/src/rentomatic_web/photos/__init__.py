"""Photos that are kept here: decoding, and the folder of files that Nginx serves."""
