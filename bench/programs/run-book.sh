# The floor of a runbook over ssh: one multiplexed connection to each host, and a barrier after each step.
# Words: folder of the sockets and of ssh's configuration, steps, hosts.
set -u
folder=$1 steps=$2
shift 2
rm -f "$folder/failed"
for host; do
  ssh -F "$folder/ssh.conf" -S "$folder/$host" -M -N -f -n "$host" || echo "$host" >>"$folder/failed" &
done
wait
step=0
while [ "$step" -lt "$steps" ]; do
  step=$((step + 1))
  for host; do
    ssh -F "$folder/ssh.conf" -S "$folder/$host" -n "$host" /bin/true || echo "$host" >>"$folder/failed" &
  done
  wait
done
[ ! -e "$folder/failed" ]
