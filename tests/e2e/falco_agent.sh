#!/bin/sh
# Prints what a Falco prints when it starts, reads its rules anew and stops. Alerts come from outside: a test
# writes them to the standard output of this process. FALCO_VERSION is the image's, the STAND_IN_ variables are
# the manifest's. `falco -L` lists the rules, as the real one does.

say() {
  echo "$(date -u '+%a %b %e %H:%M:%S %Y'): $1"
}

start() {
  say "Falco version: $FALCO_VERSION ($(uname -m))"
  say 'Falco initialized with configuration files:'
  say '   /etc/falco/falco.yaml | schema validation: ok'
  case $FALCO_VERSION in
    0.[1-3]?.* | 0.40.*) ;;
    *)
      say "System info: $(uname -s) version $(uname -r)"
      say "Loaded plugin 'container@0.7.1' from file /usr/share/falco/plugins/libcontainer.so"
      say "[libs]: container: Enabled 'cri' container engine."
      say "[libs]: container: * enabled container runtime socket at '/run/containerd/containerd.sock'"
      ;;
  esac
  say 'Loading rules from:'
  say '   /etc/falco/falco_rules.yaml | schema validation: ok'
  say "Hostname value has been overridden via environment variable to: ${FALCO_HOSTNAME:-$(hostname)}"
  say 'The chosen syscall buffer dimension is: 8388608 bytes (8 MBs)'
  say 'Starting health webserver with threadiness 2, listening on 0.0.0.0:8765'
  say 'Loaded event sources: syscall'
  say 'Enabled event sources: syscall'
  say "Opening 'syscall' source with modern BPF probe."
  say "One ring buffer every '2' CPUs."
}

summary() {
  echo 'Events detected: 0'
  echo 'Rule counts by severity:'
  echo 'Triggered rules by rule name:'
  echo 'Syscall event drop monitoring:'
  echo '   - event drop detected: 0 occurrences'
  echo '   - num times actions taken: 0'
}

stop() {
  say "$1 received, exiting..."
  summary
  exit 0
}

reload() {
  say 'SIGHUP received, restarting...'
  summary
  start
}

case " $* " in
  *' -L '*)
    say "Falco version: $FALCO_VERSION ($(uname -m))" >&2
    echo "$STAND_IN_RULES"
    exit
    ;;
esac
mkdir -p /etc/falco
printf '%s' "$STAND_IN_CONFIGURATION" > /etc/falco/falco.yaml
trap 'stop SIGINT' INT
trap 'stop SIGTERM' TERM
trap reload HUP
start
while :; do
  sleep 3600 &
  wait "$!"
  kill "$!" 2> /dev/null
done
