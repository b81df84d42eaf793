import { addressesByInterface } from '../../node/lookups.js'
import type { InterfaceAddress, Link } from '../../node/model.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import type { Severity } from '../define.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { type Misplaced, misplacedOn, setInterface } from './misplaced.js'

export const instanceInterface = defineHostRule({
  id: 'vrrp/instance-interface',
  title: 'A VRRP instance is set to an interface that cannot serve it',
  severity: 'error',
  sections: ['links', 'addresses'],
  optional: ['keepalived'],
  explains: [
    'wire/no-answer',
    'wire/stopped-answering',
    'wire/intermittent-answer',
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'vrrp/master-does-not-answer',
    'vrrp/two-masters',
    'vrrp/held-by-two',
    'answers/unwanted-responder',
  ],
  docs: {
    what: 'keepalived has a vrrp_instance for an interface that does not exist, that has become a port of a bridge, bond or Open vSwitch, that has no address of the family, or whose subnets hold none of its virtual addresses.',
    why: 'Without the interface or an address on it the instance stays in FAULT and never holds the VIP. On a port the address is not answered for, because the bridge takes the frames. Without the subnet hosts of the segment may not reach it.',
    confirm: '`ip -brief link`, `ip -brief address show dev IFACE`; `journalctl -u keepalived | grep -i fault`.',
    falseAlarms:
      'A virtual address outside every subnet of the interface is right where clients have a route to it. An interface that is made later, by a hypervisor or a VPN, is missing only until then. A package may bring a sample configuration: where keepalived does not run, and an address of the instance was not asked for, this is only a warning.',
    references: ['keepalived.conf(5) (interface, virtual_ipaddress)', 'net/core/dev.c (rx_handler)'],
  },
  *checkHost({ links, addresses, keepalived }, host, { vips }) {
    const { instances = [], running = false } = keepalived ?? {}
    for (const instance of instances) {
      const misplaced = misplacedOn(host.name, instance, links, addresses, running)
      if (misplaced === null) continue
      const { interface: name, vrid } = misplaced
      const link = links.find((one) => one.name === name)
      yield {
        subject: interfaceSubject(host, name),
        ...weigh(misplaced, isAsked(misplaced, vips)),
        data: misplaced,
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
  message: ({ node, instance, vrid, interface: name, fault, master, vips, running }: Misplaced) => {
    const about = `${node}: keepalived${running ? "'s" : ' does not run, and its'} ${instance} (VRID ${vrid}) is set to ${name}`
    if (fault === 'missing') return `${about}, which does not exist`
    if (fault === 'port') return `${about}, which is a port of ${master} now: ${vips.join(', ')} belongs on ${master}`
    if (fault === 'no-address') return `${about}, which has no address to advertise from`
    return `${about}, none of whose subnets holds ${vips.join(', ')}`
  },
  fixes: (misplaced: Misplaced) => [setInterface(misplaced)],
})

function shown({ name, flags, master }: Link, addresses: readonly InterfaceAddress[]): string {
  const held = addressesByInterface(addresses, name).map(({ ip, prefix }) => `${ip}/${prefix}`)
  return `${name} <${flags.join(',')}>${master ? ` master ${master}` : ''} ${held.join(' ') || '(no address)'}`
}

/** The instance is there for what was asked. */
function isAsked({ vips }: Misplaced, asked: readonly Ip[]): boolean {
  return asked.some((ip) => vips.includes(formatIp(ip)))
}

function weigh({ fault, running }: Misplaced, asked: boolean): Confidence & { readonly severity: Severity } {
  if (fault === 'no-subnet') return { severity: 'warning', ...possible('clients may have a route to the address') }
  if (!running)
    return asked
      ? {
          severity: 'error',
          ...likely('keepalived does not run, and its settings have the address that was asked for'),
        }
      : { severity: 'warning', ...possible('keepalived does not run: it ended because of it, or is not used here') }
  return {
    severity: 'error',
    ...(fault === 'missing'
      ? certain('the configuration and the interfaces were read on the host')
      : likely('the configuration and the interface were read on the host; what keepalived made of it was not')),
  }
}
