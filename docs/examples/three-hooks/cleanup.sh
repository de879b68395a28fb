#!/bin/sh
# Removes what trigger.sh made, also when it did not get that far. Anything but 0 means that something is left.
set -eu

kubectl delete configmap "note-$REPLAY_RUN" --namespace "$REPLAY_NAMESPACE" --ignore-not-found >&2
