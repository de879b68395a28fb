"""The command line: words in, one request out, and the only place where exit codes leave."""
