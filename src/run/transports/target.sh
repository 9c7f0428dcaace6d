# What runs on a target: functions for a POSIX shell (dash, bash, busybox). A runner sends them, what they are to do and the
# environment of the command over the standard input of /bin/sh, so that no login shell has to understand more than
# `exec /bin/sh`, and so that secrets stand in no argument list and no file. Every program that is started here costs the host
# a process for each step, so whatever the shell can do itself is not left to one.
#
# A state directory says everything by the names of empty files, because a full disk still takes those:
#   boot.<boot id>
#   go                      whoever creates it first decides: the command starts, or it never will
#   run.<pid>.<start time>  the leader of the session and process group
#   o, e                    what it printed
#   off.<o|e>.<bytes>       so much was printed before what the file begins with
#   cut.<o|e>.<bytes>       so much cannot be read any more, counted from the beginning of what was printed
#   full                    the disk was, when it ended: what it printed may not be there
#   ended.<status>          only after the whole process group is gone
#
# Every answer begins with the mark $M, which the runner draws anew for each connection: "o" and "e" are followed by bytes of
# output, everything else by one line.
IFS=' 	
'
D=--; kill -s 0 -- $$ 2>/dev/null || D=
z=
ku_say() { printf '%s%s\n' "$M" "$1"; }
ku_nap() { sleep "$1" 2>/dev/null || sleep 1; }
# As ku_nap, but ends early when the keeper of the command says that it is over.
ku_doze() {
  [ -n "$v" ] && { v=; return; }
  sleep "$1" >/dev/null 2>&1 &
  [ -n "$v" ] || wait $!
  [ $? != 1 ] || sleep 1
}
# When process $1 was started, in $Y; nothing where /proc does not tell.
ku_since() {
  Y=; l=; { read -r l <"/proc/$1/stat"; } 2>/dev/null || return
  set -- ${l##*\) }
  Y=${20}
}
ku_boot() { b=unknown; { read -r b </proc/sys/kernel/random/boot_id; } 2>/dev/null; }
ku_own() { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]; }
ku_roots() {
  [ -n "$G" ] && { A=$G; B=$G; return; }
  u=; { while read -r k u x; do [ "$k" = Uid: ] && break; done </proc/self/status; } 2>/dev/null
  [ -n "$u" ] || u=$(id -u)
  A=/var/tmp/kong-upgrade-$u; B=/tmp/kong-upgrade-$u
}
ku_root() {
  ku_roots
  for r in "$A" "$B"; do
    ku_own "$r" && [ -w "$r" ] && return
    if [ -n "$G" ]; then mkdir -p -m 700 "$r"; else mkdir -m 700 "$r"; fi 2>/dev/null
    ku_own "$r" && [ -w "$r" ] && return
  done
  return 1
}
ku_find() {
  ku_roots
  for r in "$A" "$B"; do
    ku_own "$r" && [ -d "$r/$N" ] && cd "$r/$N" && return
  done
  return 1
}
# Whether /proc shows no living process of group $1; zombies do not count. "No" where nothing can be seen.
ku_scan() {
  [ -r /proc/1/stat ] || return 1
  for f in /proc/[0-9]*/stat; do
    { read -r l <"$f"; } 2>/dev/null || continue
    set -- "$1" ${l##*\) }
    [ "$4" = "$1" ] && case $2 in Z | X) ;; *) return 1 ;; esac
  done
  return 0
}
# Whether nothing of group $1 is left. Processes of another account answer "not permitted", and are looked up.
ku_gone() {
  m=$(kill -s 0 $D "-$1" 2>&1) || case $m in *"o such process"*) return 0 ;; esac
  ku_scan "$1"
}
ku_read() {
  P=; T=; S=; F=
  for f in run.* ended.* boot.*; do
    [ -e "$f" ] || continue
    case $f in
    run.*) P=${f#run.}; T=${P#*.}; P=${P%%.*} ;;
    ended.*) S=${f#ended.} ;;
    boot.*) F=${f#boot.} ;;
    esac
  done
}
# Whether the process that was noted can still be meant: process ids start anew when the machine does, and come around.
ku_ours() {
  ku_boot
  [ "$F" = "$b" ] || return 1
  ku_since "$P"
  [ -z "$Y" ] || [ "$T" = 0 ] || [ "$Y" = "$T" ]
}
ku_exec() {
  case $L in
  perl) exec "$X" -e 'use POSIX (); POSIX::setsid(); exec { $ARGV[0] } @ARGV or exit 127' -- "$@" ;;
  python3) exec "$X" -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' "$@" ;;
  busybox) exec "$X" setsid "$@" ;;
  *) exec "$X" -- "$@" ;;
  esac
}
# Finds what can start a session: $L says how, $X where it lies.
ku_leader() {
  L=setsid
  for X in /usr/bin/setsid /bin/setsid; do [ -x "$X" ] && return; done
  for L in setsid busybox perl python3; do
    X=$(command -v "$L") || continue
    [ "$L" != busybox ] || "$X" setsid true 2>/dev/null && return
  done
  return 1
}
# Keeps a command: starts it, waits for it and for its whole group, and notes how it ended. What was printed onto a full disk
# is nowhere, and most programs do not notice: that is noted, too. Needs no connection; whoever follows is shell $$, which may
# be gone, and its number somebody else's.
ku_keep() {
  (
    trap - PIPE
    set -C
    true >go || exit 126
    set +C
    ku_env
    cd /
    command -v -- "$1" >/dev/null || { true >"$r/$N/absent"; exit 127; }
    ku_exec "$@"
  ) >>o 2>>e &
  p=$!
  ku_since $p
  true >"run.$p.${Y:-0}"
  wait $p; s=$?
  until ku_gone $p; do ku_nap 0.1; done
  [ -e absent ] && s=absent
  printf %4096s x >room || true >full; rm -f room
  k=0; until true >"ended.$s" || [ ! -e o ] || [ $k -gt 600 ]; do k=$((k + 1)); sleep 1; done
  ku_since $$
  [ -n "$Y" ] && [ "$Y" = "$z" ] && kill -s USR1 $$
} </dev/null >/dev/null 2>&1
# Writes down a number for file $2, and takes away the one before.
ku_mark() {
  true >"$1.$2.$3" || return
  for f in "$1.$2".*; do [ "${f##*.}" = "$3" ] || rm -f "$f"; done
}
# For file $1: $U bytes were printed before its first one, and the first $V bytes of all cannot be read any more.
ku_gap() {
  U=0; V=0
  for f in off."$1".* cut."$1".*; do
    [ -e "$f" ] || continue
    case $f in off.*) [ "${f##*.}" -gt "$U" ] && U=${f##*.} ;; esac
    [ "${f##*.}" -gt "$V" ] && V=${f##*.}
  done
}
# How far file $1 was sent, in $R from $2 on, leaving out what cannot be read any more.
ku_skip() {
  ku_gap "$1"; R=$2
  [ "$R" -lt "$V" ] && { ku_say "c $1 $((V - R))"; R=$V; }
}
# Nobody may ever read what is printed: beyond $W KiB on the disk a file begins anew, and the command notices nothing.
ku_trim() {
  n=$(du -k "$1"); n=${n%%[!0-9]*}
  [ "${n:-0}" -gt "$W" ] || return
  ku_gap "$1"; n=$(wc -c <"$1")
  ku_mark off "$1" $((U + n)) && true >"$1"
} 2>/dev/null
# Sends $3 bytes of file $1 after its first $2.
ku_part() {
  [ "$3" -gt 0 ] || return 0
  printf '%s%s' "$M" "$1"
  if [ "$2" = 0 ]; then head -c "$3" "$1"; else tail -c "+$(($2 + 1))" "$1" | head -c "$3"; fi
}
# Sends what is new. What lies further back than 64 MiB has long been received, and gives its disk space back.
ku_tick() {
  ku_skip o $O; O=$R; g=$U
  ku_skip e $E; E=$R; h=$U
  set -- $(wc -c o e)
  set -- $(($1 + g)) $(($3 + h))
  ku_part o $((O - g)) $(($1 - O)); [ $1 -gt $O ] && O=$1
  ku_part e $((E - h)) $(($2 - E)); [ $2 -gt $E ] && E=$2
  ku_say . || return
  [ $((O - H)) -gt 134217728 ] && { H=$O; ku_punch o $((O - g - 67108864)) $g; }
  [ $((E - K)) -gt 134217728 ] && { K=$E; ku_punch e $((E - h - 67108864)) $h; }
  true
} 2>/dev/null
ku_punch() { [ "$2" -gt 0 ] && fallocate -p -o 0 -l "$2" "$1" && ku_mark cut "$1" $(($2 + $3)); }
# Sends all that is left, once nothing more can come. Where somebody removed the files, some of it may be missing.
ku_rest() {
  for y in o:$O e:$E; do
    [ -e full ] && ku_say "c ${y%:*} 1"
    [ -e "${y%:*}" ] || { ku_say "c ${y%:*} 1"; continue; }
    ku_skip "${y%:*}" "${y#*:}"; y=${y%:*}
    [ -s "$y" ] && [ $(($(wc -c <"$y") + U)) -gt "$R" ] || continue
    printf '%s%s' "$M" "$y"
    if [ "$R" -le "$U" ]; then cat "$y"; else tail -c "+$((R - U + 1))" "$y"; fi
  done
} 2>/dev/null
# Follows a command to its end, whoever started it; $q is its keeper where that is a child of this shell. The end wakes
# who follows from the beginning; the pauses are short at first, for whoever comes later.
ku_watch() {
  k=0; j=0; w=; i=0.05
  while :; do
    ku_doze "$i"
    ku_read
    [ -n "$P" ] && [ -z "$w" ] && { w=1; ku_say "p $P"; }
    [ -n "$S" ] && { ku_rest; ku_say "x $S"; return; }
    if { [ -n "$q" ] && kill -s 0 "$q"; } || { [ -n "$P" ] && ku_ours && ! ku_gone "$P"; }; then k=0; else k=$((k + 1)); fi
    [ $k -gt 10 ] && { ku_rest; ku_lost; return; }
    # Nobody hears it: this shell goes, so that the connection is free of it.
    ku_tick || { [ -z "$q" ] || { ku_mind & }; exit; }
    j=$((j + 1))
    [ -z "$q" ] || [ $((j % 10)) != 0 ] || { ku_trim o; ku_trim e; }
    case $i in 0.05) i=0.1 ;; 0.1) i=0.2 ;; *) i=0.5 ;; esac
  done
} 2>/dev/null
ku_lost() {
  ku_boot
  [ -n "$F" ] || { ku_say "l gone"; return; }
  if [ "$F" != "$b" ]; then ku_say "l boot"; else ku_say "l status"; fi
}
# Keeps the files small while nobody follows.
ku_mind() {
  while ku_read; [ -z "$S" ] && [ -n "$P" ] && ! ku_gone "$P"; do
    ku_trim o; ku_trim e
    ku_nap 2
  done
} </dev/null >/dev/null 2>&1
# Keeps the number of state directories down: those that ended go, the oldest first.
ku_bound() {
  set -- "$r"/*
  [ $# -gt 64 ] || return 0
  ls -tr "$r" | while read -r n; do
    set -- "$r"/*; [ $# -gt 64 ] || break
    set -- "$r/$n"/ended.*; [ -e "$1" ] && rm -rf "$r/$n"
  done
  set -- "$r"/*
  [ $# -lt 256 ]
}
ku_any() { [ -e "$1" ]; }
# Removes state directories whose result is recorded, behind everybody's back; never one of a command that may still run.
ku_clean() {
  c=
  for n in "$@"; do
    [ -n "$c" ] || { c=1; set --; }
    for d in "$A/$n" "$B/$n"; do
      [ -d "$d" ] || continue
      if ku_any "$d"/ended.* || ! ku_any "$d"/run.*; then set -- "$@" "$d"; fi
    done
  done
  if [ $# != 0 ]; then rm -rf "$@" & fi
} </dev/null >/dev/null 2>&1
ku_launch() {
  ku_root || { ku_say "n root"; return; }
  ku_bound || { ku_say "n many"; return; }
  ku_leader || { ku_say "n setsid"; return; }
  mkdir -m 700 "$r/$N" 2>/dev/null && cd "$r/$N" || { if [ -d "$r/$N" ]; then ku_say "n again"; else ku_say "n disk"; fi; return; }
  ku_boot
  true >"boot.$b"; true >o; true >e
  [ -n "$z" ] || { ku_since $$; z=$Y; }
  v=; trap v=1 USR1; trap '' PIPE
  ku_say .
  ku_keep "$@" & q=$!
  ku_watch
  wait $q
}
# Sees to it that a command that has not begun never will; fails where it has begun. $Q is set where there was not even a
# folder of state directories: it may have vanished with all that was in it, so nothing is proven then.
ku_forbid() {
  Q=; ku_roots
  [ -d "$A" ] || [ -d "$B" ] || Q=1
  ku_root && mkdir -m 700 "$r/$N" 2>/dev/null
  ku_find || return 1
  (set -C; true >go) 2>/dev/null
}
ku_state() {
  ku_find || { ku_say "s none"; return 1; }
  ku_read
  if [ -n "$S" ]; then ku_say "s ended $S"; return; fi
  if [ -z "$P" ]; then
    if [ -e go ]; then ku_nap 0.3; ku_read; [ -n "$P" ] || { ku_say "s never"; return 1; }; else ku_say "s none"; return 1; fi
  fi
  ku_ours && ! ku_gone "$P" && { ku_say "s running $P"; return; }
  ku_nap 0.3; ku_read
  if [ -n "$S" ]; then ku_say "s ended $S"; return; fi
  ku_boot; if [ "$F" != "$b" ]; then ku_say "s lost boot"; else ku_say "s lost status"; fi
}
ku_attach() {
  if ku_forbid; then if [ -n "$Q" ]; then ku_say "n bare"; else ku_say "n never"; fi; return; fi
  ku_find || { ku_say "n root"; return; }
  ku_watch
}
ku_end() {
  if ku_forbid; then if [ -n "$Q" ]; then ku_say "k bare"; else ku_say "k never"; fi; return; fi
  ku_find || { ku_say "k alive"; return; }
  for g in TERM:50 KILL:100; do
    k=${g#*:}; c=
    while [ $k -gt 0 ]; do
      ku_read
      [ -n "$S" ] && { ku_say "k gone"; return; }
      if [ -n "$P" ] && ku_ours; then
        ku_gone "$P" && { ku_say "k gone"; return; }
        [ -n "$c" ] || { c=1; kill -s "${g%:*}" $D "-$P"; }
      fi
      k=$((k - 1)); ku_nap 0.1
    done
  done 2>/dev/null
  ku_say "k alive"
}
