import type { Host } from '../../node/model.js'
import type { Said, VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import { certain, possible } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { listed } from '../wire/evidence.js'
import { compareLists, overlapInTime, type Pair, pairsOf } from './pairs.js'
import {
  advertEvidence,
  lookAtConfiguration,
  type Machine,
  machineOf,
  named,
  type RouterData,
  routerData,
  routerName,
  routerSubject,
  shortName,
  verifyRouter,
} from './parts.js'
import { instanceOf, reload, settingPlace } from './reload.js'

interface Difference {
  /** `version`, `interval`, `authentication`. */
  readonly what: 'version' | 'interval' | 'authentication'
  /** In the order of the machines. */
  readonly values: readonly [string, string]
}

interface Differing extends RouterData {
  readonly machines: readonly Machine[]
  /** Where the settings of each stand, where its host was read: `vrrp_instance VI_1 of /etc/keepalived/keepalived.conf`. */
  readonly places: readonly (string | null)[]
  readonly differences: readonly Difference[]
}

const STILL_INTERVALS = 4

/** As keepalived.conf(5) names them. */
const SETTING = { version: 'vrrp_version', interval: 'advert_int', authentication: 'authentication' } as const

export const settingsDiffer = defineRule({
  id: 'vrrp/settings-differ',
  title: 'The machines of a virtual router differ in version, interval or authentication',
  severity: 'error',
  needs: ['wire', 'attribution'],
  optional: ['hosts'],
  explains: [
    'vrrp/two-masters',
    'vrrp/held-by-two',
    'vrrp/flapping',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'answers/unwanted-responder',
  ],
  docs: {
    what: 'Two machines advertise one virtual router with different versions of VRRP, with different intervals (which VRRPv2 forbids; version 3 learns that of the master), or with different kinds of authentication.',
    why: 'Each discards the adverts of the other as RFC 3768 demands, takes it for dead and becomes master as well: both answer for the addresses.',
    confirm:
      '`tcpdump -n -v -i IFACE proto 112`: compare VRRPv2/v3, intvl and authtype of both sources. keepalived logs "advertisement interval mismatch" or "invalid authentication".',
    falseAlarms:
      'A setting was changed on one machine after the other and the capture holds adverts of before. Two clusters with one virtual router ID are reported as such instead.',
    references: ['RFC 3768 section 7.1', 'RFC 9568 sections 7.1 and 8.4', 'keepalived.conf(5)'],
  },
  *check({ wire, attribution, hosts = [] }) {
    for (const router of wire.capture.vrrp.routers) {
      for (const pair of pairsOf(router)) {
        const differences = differencesOf(router, pair)
        if (differences.length === 0 || compareLists(pair) === 'disjoint') continue
        const machines = [pair.one, pair.other].map((master) => machineOf(master, attribution))
        yield {
          subject: routerSubject(router),
          ...(overlapInTime(pair)
            ? certain('both settings stand in adverts of the same minutes')
            : possible('one came after the other: the setting may have been changed in between')),
          data: {
            ...routerData(router, wire),
            machines,
            places: machines.map((machine) => placeOf(machine, router, hosts)),
            differences,
          },
          evidence: [pair.one, pair.other].flatMap(advertEvidence),
        }
      }
    }
  },
  message: ({ machines, differences, ...router }: Differing) =>
    `${machines.map(named).join(' and ')} advertise ${routerName(router)} with different settings: ${differences.map(({ what, values }) => `${what} ${values.join(' and ')}`).join('; ')}. Each discards the adverts of the other`,
  fixes: (data: Differing) => [sameSettings(data)],
})

function differencesOf({ protocol }: VirtualRouter, { one, other }: Pair): Difference[] {
  const [mine, theirs] = comparable(one, other)
  if (protocol === 'carp' || mine === null || theirs === null) return []
  return [
    ...difference('version', mine, theirs, ({ version }) => `${version}`),
    ...(mine.version === 2 && theirs.version === 2
      ? difference('interval', mine, theirs, ({ intervalMs }) => `${intervalMs / 1000} s`)
      : []),
    ...(mine.version === theirs.version
      ? difference('authentication', mine, theirs, ({ authentication }) => authentication)
      : []),
  ]
}

/** What both said last, in one version where both use one: in a change from version 2 to 3 a master sends both (RFC 5798 section 8.4). */
function comparable(one: VrrpMaster, other: VrrpMaster): readonly [Said | null, Said | null] {
  const common = ([2, 3] as const).find((version) => uses(one, version) && uses(other, version))
  const last = ({ said }: VrrpMaster) => lastSaid({ said: said.filter(({ version }) => version === common) })
  return common === undefined ? [lastSaid(one), lastSaid(other)] : [last(one), last(other)]
}

/** To its end: a version that it used before a reload does not count. */
function uses({ said, lastAt }: VrrpMaster, version: number): boolean {
  return said.some((one) => one.version === version && lastAt - one.lastAt <= STILL_INTERVALS * 1000 * one.intervalMs)
}

function difference(what: Difference['what'], mine: Said, theirs: Said, value: (said: Said) => string): Difference[] {
  const values = [value(mine), value(theirs)] as const
  return values[0] === values[1] ? [] : [{ what, values }]
}

/** Where a machine has these settings. */
function placesWords(differences: readonly Difference[], place: string | null): string {
  const global = differences.some(({ what }) => what === 'version') ? ' (vrrp_version: in global_defs)' : ''
  return `${place ?? 'in its vrrp_instance'}${global}`
}

function placeOf(machine: Machine, router: VirtualRouter, hosts: readonly Host[]): string | null {
  const instance = instanceOf(machine, router, hosts)
  return instance && settingPlace(instance)
}

function sameSettings({ machines, places, differences, ...data }: Differing): Fix {
  const settings = listed(differences.map(({ what }) => SETTING[what]))
  return {
    summary: `Set ${settings} alike on ${machines.map(shortName).join(' and ')}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      lookAtConfiguration(machines),
      {
        kind: 'persistent',
        text: `Write the same ${settings} on both${machines.map((machine, at) => `; ${shortName(machine)}: ${placesWords(differences, places[at] ?? null)}`).join('')}`,
      },
      ...machines.map((machine) => reload(shortName(machine), machine.node)),
    ],
    sideEffects: ['The addresses may move once while the settings are changed.'],
    verify: verifyRouter(data),
    undo: 'Write the setting of before, and reload keepalived.',
  }
}
