import { randomBytes } from 'node:crypto'
import { CannotLook } from '../../known.js'
import { theirs } from '../../theirs.js'
import { type Collected, parseCollected } from '../probes.js'
import { failureOf } from '../transports/failure.js'
import type { RunLimits } from '../transports/run-script.js'
import type { Transport } from '../transports/transport.js'
import { surveyScript } from './survey-script.js'

/** What a host said of itself, as text where another room reads it. */
export interface Survey {
  readonly programs: ReadonlySet<string>
  /** `uname -m`. */
  readonly machine: string
  readonly isRoot: boolean
  /** Of the paths asked for, whether one is there; so too where it did not say. */
  readonly hasTrace: boolean
  /** `ip -j -d addr show`. */
  readonly interfaces: string
  /** `ip route show default`, of IPv4 before IPv6. */
  readonly defaultRoute: string
  /** `ip -j neigh show`; null: it could not be read. */
  readonly neighbours: string | null
  readonly routes: readonly Route[]
  /** Seconds that its clock is ahead of ours, by as much as the answer took to come; null where it did not say. */
  readonly clockAhead: number | null
}

/** What `ip route get` says of one address. */
export interface Route {
  readonly to: string
  readonly device: string
  /** The router, where it is not on the link. */
  readonly via: string | null
  /** The host holds it itself. */
  readonly local: boolean
}

/** More addresses than these share the routes of the first. */
const MOST_ROUTES = 64

export interface SurveyLimits extends RunLimits {
  readonly become: boolean
  readonly vips: readonly string[]
  /** Paths. */
  readonly traces: readonly string[]
  /** Seconds since 1970. */
  readonly now: () => number
}

/** Throws CannotLook for a host that cannot be reached, or not be looked from. */
export async function survey(host: Transport, limits: SurveyLimits): Promise<Survey> {
  const { name, address } = host
  const { become, timeoutMs, now, vips, traces } = limits
  const mark = randomBytes(16).toString('hex')
  const result = await host.run(surveyScript({ mark, become, vips: vips.slice(0, MOST_ROUTES), traces }), limits)
  const collected = parseCollected(result.stdout, mark)
  const failure = failureOf(result, collected, { name, address, timeoutMs })
  if (failure !== null) throw new CannotLook({ subject: name, reason: failure.reason, hint: failure.hint })
  return readSurvey(name, collected, now())
}

function readSurvey(name: string, { probes }: Collected, now: number): Survey {
  const said = (probe: string) => (probes[probe]?.status === 0 ? probes[probe].stdout.trim() : null)
  const [interfaces, clock, sudo] = [said('ip-addr'), said('clock'), probes['sudo']]
  if (sudo?.status === NOT_FOUND)
    throw new CannotLook({ subject: name, reason: 'sudo is not there', hint: 'log in as root: --user root' })
  if (sudo && sudo.status !== 0) {
    const reason = `sudo -n is refused there${sudo.stderr === '' ? '' : ` (${theirs(sudo.stderr)})`}`
    throw new CannotLook({ subject: name, reason, hint: NO_SUDO })
  }
  if (interfaces === null) {
    const why = probes['ip-addr']?.stderr ?? ''
    const reason = `\`ip\` there does not list its interfaces${why === '' ? '' : ` (${theirs(why)})`}`
    throw new CannotLook({ subject: name, reason, hint: 'install iproute2 4.14 or newer there' })
  }
  return {
    programs: new Set(said('programs')?.split('\n')),
    machine: said('machine') ?? '',
    isRoot: said('user') === '0',
    hasTrace: said('traces') !== '',
    interfaces,
    defaultRoute: probes['ip-default']?.stdout ?? '',
    neighbours: said('ip-neigh'),
    routes: parseRoutes(probes['ip-routes']?.stdout ?? ''),
    clockAhead: clock === null || !/^\d+$/.test(clock) ? null : Number(clock) - now,
  }
}

/** Of a shell: no such program. */
const NOT_FOUND = 127
const NO_SUDO = 'allow it there without a password (sudoers: NOPASSWD), or log in as root: --user root'

/** `10.0.0.240 dev eth0 src 10.0.0.11 …`, `10.9.0.1 via 10.0.0.1 dev eth0 …`, `local 10.0.0.11 dev lo …`, one a line. */
export function parseRoutes(text: string): Route[] {
  return text.split('\n').flatMap((line) => {
    const found = /^(?:(local) )?([\da-f.:]+)(?: from \S+)?(?: via (?:inet6? )?(\S+))? dev (\S+)/.exec(line.trim())
    if (!found) return []
    const [, local, to = '', via = null, device = ''] = found
    return [{ to, device, via, local: local !== undefined }]
  })
}
