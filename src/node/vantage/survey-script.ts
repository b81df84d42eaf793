/**
 * What must be known of a host before it can be a place to look from: one POSIX sh script for the stdin of `sh -s`, framed as the
 * collector's (collect-script.ts). It only reads.
 */
const SURVEY = String.raw`
LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export LC_ALL PATH
printf '\n%s hello\n' "$mark"

probe() {
  name=$1; shift
  printf '\n%s begin %s 4000000\n' "$mark" "$name"
  exec 3>&1
  said=$("$@" </dev/null 2>&1 >&3)
  status=$?
  printf '\n%s end %s\n%.2000s\n%s status %s\n%s done %s\n' "$mark" "$name" "$said" "$mark" $status "$mark" "$name"
}

has() { command -v "$1" >/dev/null 2>&1; }
programs() { for one in tcpdump perl python3 socat; do if has $one; then echo $one; fi; done; }
may_sudo() { if [ "$become" = 1 ] && [ "$(id -u)" != 0 ]; then sudo -n -- true; fi; }
routes() { for one in $vips; do ip -o route get "$one" || true; done; }
traces() { for one in $traces; do if [ -e "$one" ]; then echo "$one"; fi; done; }
default_routes() { ip -4 route show default; ip -6 route show default; }

survey() {
  probe clock date +%s
  probe programs programs
  probe traces traces
  probe machine uname -m
  probe user id -u
  probe sudo may_sudo
  probe ip-addr ip -j -d addr show
  probe ip-default default_routes
  probe ip-routes routes
  probe ip-neigh ip -j neigh show
}

survey
printf '\n%s complete\n' "$mark"
exit 0
`

export interface SurveyOptions {
  /** As of the collector: 16 bytes or more in hex, new for every run. */
  readonly mark: string
  readonly become: boolean
  /** Addresses whose routes are asked for. */
  readonly vips: readonly string[]
  /** Paths: which of them are there is asked. */
  readonly traces: readonly string[]
}

/** The text for the stdin of `sh -s`. */
export function surveyScript({ mark, become, vips, traces }: SurveyOptions): string {
  if (!/^[0-9a-f]{32,}$/.test(mark)) throw new Error('the mark is not 16 bytes of hex')
  if (!vips.every((vip) => /^[\da-f.:]+$/.test(vip))) throw new Error('not an address')
  if (!traces.every((path) => /^[\w/.-]+$/.test(path))) throw new Error('not a plain path')
  return `mark=%${mark}\nbecome=${become ? 1 : 0}\nvips='${vips.join(' ')}'\ntraces='${traces.join(' ')}'\n${SURVEY}`
}
