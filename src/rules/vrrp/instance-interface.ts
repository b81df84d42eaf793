import { addressesByInterface } from '../../node/lookups.js'
import type { InterfaceAddress, Link, VrrpInstance } from '../../node/model.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { covers } from './prefix.js'
import { reload, settingPlace } from './reload.js'

type Fault =
  /** There is no such interface. */
  | 'missing'
  /** It belongs to a bridge, a bond or an Open vSwitch now, which holds the addresses. */
  | 'port'
  /** It has no address of the family, so adverts have no source. */
  | 'no-address'
  /** None of its addresses is of the subnet of a VIP. */
  | 'no-subnet'

interface Misplaced {
  readonly node: string
  readonly instance: string
  /** `vrrp_instance VI_1 of /etc/keepalived/keepalived.conf`. */
  readonly place: string
  readonly vrid: number | null
  readonly interface: string
  readonly fault: Fault
  /** The master device of a port. */
  readonly master: string | null
  /** The VIPs without a subnet, or all of the instance. */
  readonly vips: readonly string[]
}

export const instanceInterface = defineHostRule({
  id: 'vrrp/instance-interface',
  title: 'A VRRP instance is set to an interface that cannot serve it',
  severity: 'error',
  sections: ['links', 'addresses'],
  optional: ['keepalived'],
  explains: ['wire/no-answer', 'wire/stopped-answering', 'wire/intermittent-answer', 'vrrp/master-does-not-answer'],
  docs: {
    what: 'keepalived has a vrrp_instance for an interface that does not exist, that has become a port of a bridge, bond or Open vSwitch, that has no address of the family, or whose subnets hold none of its virtual addresses.',
    why: 'Without the interface or an address on it the instance stays in FAULT and never holds the VIP. On a port the address is not answered for, because the bridge takes the frames. Without the subnet hosts of the segment may not reach it.',
    confirm: '`ip -brief link`, `ip -brief address show dev IFACE`; `journalctl -u keepalived | grep -i fault`.',
    falseAlarms:
      'A virtual address outside every subnet of the interface is right where clients have a route to it. An interface that is made later, by a hypervisor or a VPN, is missing only until then.',
    references: ['keepalived.conf(5) (interface, virtual_ipaddress)', 'net/core/dev.c (rx_handler)'],
  },
  *checkHost({ links, addresses, keepalived }, host) {
    for (const instance of keepalived?.instances ?? []) {
      const { interface: name, vrid } = instance
      if (name === null) continue
      const fault = faultOf(instance, name, links, addresses)
      if (fault === null) continue
      const link = links.find((one) => one.name === name)
      yield {
        subject: interfaceSubject(host, name),
        ...weigh(fault),
        ...(fault === 'no-subnet' ? { severity: 'warning' as const } : {}),
        data: {
          node: host.name,
          instance: instance.name,
          place: settingPlace(instance),
          vrid,
          interface: name,
          fault,
          master: link?.master ?? null,
          vips: fault === 'no-subnet' ? outside(instance, name, addresses) : instance.addresses.map(({ ip }) => ip),
        },
        evidence: [
          commandEvidence(
            host,
            sh`cat /etc/keepalived/keepalived.conf`,
            `vrrp_instance ${instance.name} { interface ${name}, virtual_router_id ${vrid} }`,
          ),
          link
            ? commandEvidence(host, sh`ip -brief address show dev ${name}`, shown(link, addresses))
            : commandEvidence(host, sh`ip link show dev ${name}`, `Device "${name}" does not exist.`),
        ],
      }
    }
  },
  message: ({ node, instance, vrid, interface: name, fault, master, vips }: Misplaced) => {
    const about = `${node}: keepalived's ${instance} (VRID ${vrid}) is set to ${name}`
    if (fault === 'missing') return `${about}, which does not exist`
    if (fault === 'port') return `${about}, which is a port of ${master} now: ${vips.join(', ')} belongs on ${master}`
    if (fault === 'no-address') return `${about}, which has no address to advertise from`
    return `${about}, none of whose subnets holds ${vips.join(', ')}`
  },
  fixes: ({ node, instance, place, interface: name, fault, master }: Misplaced) => [
    {
      summary:
        fault === 'no-address'
          ? `Give ${name} its address again`
          : `Set ${instance} to the interface that has the subnet`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        { kind: 'look', text: 'Which interface has the subnet now?', run: sh`ip -brief address` },
        {
          kind: 'look',
          text: 'What keepalived says of the instance',
          run: sh`journalctl -u keepalived --since -1h --no-pager | grep -iE 'fault|interface' | tail -n 20`,
        },
        {
          kind: 'persistent',
          text:
            fault === 'port'
              ? `In ${place}: interface ${master}, where it says interface ${name}`
              : fault === 'no-address'
                ? `Restore the address of ${name} in the file of the network manager`
                : `In ${place}: the right interface, where it says interface ${name}`,
        },
        reload(node, node),
      ],
      sideEffects: ['keepalived takes the instance down and up again: the address may move.'],
      verify: sh`ip -brief address`,
      undo: 'Write the setting of before, and reload keepalived.',
    },
  ],
})

function faultOf(
  instance: VrrpInstance,
  name: string,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): Fault | null {
  const link = links.find((one) => one.name === name)
  if (!link) return 'missing'
  const own = addressesByInterface(addresses, name).filter(({ family }) => family === instance.family)
  const withoutVips = own.filter(({ ip }) => !instance.addresses.some((vip) => vip.ip === ip))
  if (isPort(link)) return 'port'
  if (withoutVips.length === 0) return 'no-address'
  return outside(instance, name, addresses).length > 0 ? 'no-subnet' : null
}

/** A VRF is a master too, but takes no frames away. */
function isPort({ role, master }: Link): boolean {
  return role === 'bridge-port' || role === 'bond-member' || master === 'ovs-system'
}

/** VIPs that are to be on this interface, and in none of its subnets. */
function outside({ addresses: vips, family }: VrrpInstance, name: string, all: readonly InterfaceAddress[]): string[] {
  return vips
    .filter(({ ip, device, prefix }) => {
      if (device !== null && device !== name) return false
      if (prefix !== null && prefix < (family === 4 ? 32 : 128)) return false
      const others = addressesByInterface(all, name).filter((held) => held.ip !== ip && held.family === family)
      return !others.some((held) => covers(held.ip, held.prefix, ip))
    })
    .map(({ ip }) => ip)
}

function shown({ name, flags, master }: Link, addresses: readonly InterfaceAddress[]): string {
  const held = addressesByInterface(addresses, name).map(({ ip, prefix }) => `${ip}/${prefix}`)
  return `${name} <${flags.join(',')}>${master ? ` master ${master}` : ''} ${held.join(' ') || '(no address)'}`
}

function weigh(fault: Fault): Confidence {
  if (fault === 'missing') return certain('the configuration and the interfaces were read on the host')
  if (fault === 'no-subnet') return possible('clients may have a route to the address')
  return likely('the configuration and the interface were read on the host; what keepalived made of it was not')
}
