#!/bin/sh
# Sets the behavior off. What it prints is the output that the evidence is judged by; it must end with 0.
set -eu
note="note-$REPLAY_RUN"

kubectl create configmap "$note" --namespace "$REPLAY_NAMESPACE" --from-literal "greeting=$REPLAY_SET_GREETING" >&2

# The three labels make the note an object of this run, so that `kubectl replay cleanup` finds it even if nobody is
# left to run cleanup.sh.
kubectl label configmap "$note" --namespace "$REPLAY_NAMESPACE" app.kubernetes.io/managed-by=kubectl-replay \
  "kubectl-replay/scenario=$REPLAY_SCENARIO" "kubectl-replay/run=$REPLAY_RUN" >&2

# The halves of the proof are joined in the container, never here.
kubectl exec "$REPLAY_POD" --container "$REPLAY_CONTAINER" --namespace "$REPLAY_NAMESPACE" -- \
  sh -c 'printf "told %s\n%s%s\n" "$1" "$2" "$3"' "kr-$REPLAY_NONCE" "$REPLAY_SET_GREETING" \
  "$REPLAY_PROOF_A" "$REPLAY_PROOF_B"
