"""`python -m kubectl_replay` is `kubectl replay`."""

from kubectl_replay.cli.main import main

main()
