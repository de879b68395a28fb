#!/bin/sh
# Judges the behavior, after all evidence held: the trigger's output is on standard input. Anything but 0 says no.
set -eu

written=$(kubectl get configmap "note-$REPLAY_RUN" --namespace "$REPLAY_NAMESPACE" --output 'jsonpath={.data.greeting}')
grep -q -x "told $written"
