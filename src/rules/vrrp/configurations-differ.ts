import type { Host, Keepalived, VrrpInstance } from '../../node/model.js'
import { likely } from '../certainty.js'
import { defineRule, type Evidence } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { segmentSubject } from '../subject.js'
import { reload, settingPlace } from './reload.js'

interface Difference {
  readonly what: 'virtual_router_id' | 'version' | 'advert_int' | 'auth_type' | 'unicast_peer' | 'virtual_ipaddress'
  /** In the order of the nodes. */
  readonly values: readonly [string, string]
}

interface Differing {
  readonly vrid: number
  readonly nodes: readonly [string, string]
  /** Where the settings stand, in the order of the nodes. */
  readonly places: readonly [string, string]
  readonly differences: readonly Difference[]
  readonly vips: readonly string[]
}

export const configurationsDiffer = defineRule({
  id: 'vrrp/configurations-differ',
  title: 'Two hosts share a virtual address, but their VRRP settings differ',
  severity: 'error',
  needs: ['hosts'],
  explains: [
    'vrrp/two-masters',
    'vrrp/held-by-two',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/flip-flop',
    'answers/unwanted-responder',
  ],
  docs: {
    what: 'keepalived of two hosts has the same virtual address, with another virtual router ID, another version, with VRRPv2 another interval, another kind of authentication, another list of addresses, or unicast peers that do not name each other.',
    why: 'Neither takes the adverts of the other for those of its own virtual router: both become master and answer for the address. Unicast adverts are heard by no third machine, so only the configuration shows it.',
    confirm: 'Compare the vrrp_instance of both: `grep -A 30 vrrp_instance /etc/keepalived/keepalived.conf`.',
    falseAlarms:
      'One of the files was changed and keepalived has not read it yet, or keepalived is kept stopped on one of the hosts on purpose. Passwords are not read: another password is a fault that this does not see.',
    references: ['keepalived.conf(5)', 'RFC 3768 section 7.1', 'RFC 9568 section 7.1'],
  },
  *check({ hosts }) {
    const all = hosts.flatMap(instancesOf)
    for (const [at, one] of all.entries()) {
      for (const other of all.slice(at + 1)) {
        const differences = differencesOf(one, other)
        if (one.host === other.host || differences.length === 0) continue
        const nodes = [one.host.name, other.host.name] as const
        const places = [settingPlace(one.instance), settingPlace(other.instance)] as const
        const vips = one.instance.addresses.map(({ ip }) => ip).filter((ip) => has(other.instance, ip))
        yield {
          subject: segmentSubject(`VRID ${one.instance.vrid}: ${nodes.join(' and ')}`),
          ...likely('both configurations were read; whether keepalived runs with them was not seen'),
          data: { vrid: one.instance.vrid ?? 0, nodes, places, differences, vips },
          evidence: [one, other].map((side, n) => evidence(side, differences, n)),
        }
      }
    }
  },
  message: ({ nodes, differences, vips }: Differing) =>
    `${nodes.join(' and ')} both have ${vips.join(', ')}, but ${differences.map(({ what, values }) => `${what} is ${values.join(' and ')}`).join('; ')}`,
  fixes: ({ nodes, places, differences, vips }: Differing) => [
    {
      summary: `Set ${[...new Set(differences.map(({ what }) => what))].join(', ')} so that ${nodes.join(' and ')} are one virtual router`,
      risk: 'disruptive',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: `On ${nodes.join(' and ')}: the settings as they are`,
          run: sh`grep -nE 'vrrp_instance|virtual_router_id|version|advert_int|auth_type|unicast|priority|interface' /etc/keepalived/keepalived.conf`,
        },
        {
          kind: 'persistent',
          text: `Write the same values on both, and in unicast_peer of each the addresses of all others. Now: ${nodes.map((node, at) => `${node}, ${places[at]}: ${differences.map(({ what, values }) => `${what} ${values[at]}`).join(', ')}`).join('; ')}`,
        },
        ...nodes.map((node) => reload(node, node)),
      ],
      sideEffects: ['The address may move once while the settings are changed.'],
      verify: sh`l2doctor diagnose --vip ${vips[0] ?? 'VIP'}`,
      undo: 'Write the settings of before, and reload keepalived.',
    },
  ],
})

interface Side {
  readonly host: Host
  readonly instance: VrrpInstance
}

function instancesOf(host: Host): Side[] {
  if (!host.reached) return []
  const { keepalived } = host.sections
  const known: Keepalived | null = keepalived.known ? keepalived.value : null
  return (known?.running ? known.instances : []).map((instance) => ({ host, instance }))
}

function has({ addresses }: VrrpInstance, ip: string): boolean {
  return addresses.some((address) => address.ip === ip)
}

/** Empty where they share no address, or all fits. */
function differencesOf({ host, instance }: Side, other: Side): Difference[] {
  const theirs = other.instance
  if (!instance.addresses.some(({ ip }) => has(theirs, ip))) return []
  const lists = [instance, theirs].map(({ addresses }) =>
    addresses
      .map(({ ip }) => ip)
      .sort()
      .join(' '),
  )
  const peersFit = peersName(instance, other) && peersName(theirs, { host, instance })
  return [
    ...(instance.vrid === null || theirs.vrid === null
      ? []
      : difference('virtual_router_id', `${instance.vrid}`, `${theirs.vrid}`)),
    ...difference('version', `${instance.version}`, `${theirs.version}`),
    ...(instance.version === 2 ? difference('advert_int', seconds(instance), seconds(theirs)) : []),
    ...(instance.version === 2 ? difference('auth_type', authentication(instance), authentication(theirs)) : []),
    ...difference('virtual_ipaddress', lists[0] ?? '', lists[1] ?? ''),
    ...(peersFit ? [] : [{ what: 'unicast_peer' as const, values: [peerText(instance), peerText(theirs)] as const }]),
  ]
}

function difference(what: Difference['what'], one: string, other: string): Difference[] {
  return one === other ? [] : [{ what, values: [one, other] }]
}

function seconds({ advertMs }: VrrpInstance): string {
  return `${advertMs / 1000} s`
}

function authentication({ authentication }: VrrpInstance): string {
  return authentication ?? 'none'
}

function peerText({ unicastPeers }: VrrpInstance): string {
  return unicastPeers.length === 0 ? 'none (multicast)' : unicastPeers.join(' ')
}

/** Whether the peers of an instance name the other host; multicast is heard by an instance that has no unicast peers either. */
function peersName({ unicastPeers }: VrrpInstance, { host: { sections }, instance: theirs }: Side): boolean {
  const { addresses } = sections
  if (unicastPeers.length === 0) return theirs.unicastPeers.length === 0
  return !addresses.known || addresses.value.some(({ ip }) => unicastPeers.includes(ip))
}

function evidence({ host, instance }: Side, differences: readonly Difference[], n: number): Evidence {
  const shown = differences.map(({ what, values }) => `${what} ${values[n]}`)
  return commandEvidence(
    host,
    sh`cat /etc/keepalived/keepalived.conf`,
    `vrrp_instance ${instance.name} { ${shown.join(', ')} }`,
  )
}
