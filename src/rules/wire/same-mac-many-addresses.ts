import type { AddressFacts, SenderFacts, WireFacts } from '../../observe/model.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { sh } from '../shell.js'
import { macSubject } from '../subject.js'
import { listed } from './evidence.js'

interface Many {
  readonly mac: string
  /** Addresses it claims beside those asked for. */
  readonly count: number
  readonly addresses: readonly string[]
  /** Addresses asked for that it claims too. */
  readonly vips: readonly string[]
}

/** A node with a few addresses of its own is ordinary. */
const FEWEST_ADDRESSES = 8
const SHOWN_ADDRESSES = 8

export const sameMacManyAddresses = defineRule({
  id: 'wire/same-mac-many-addresses',
  title: 'One machine claims many addresses',
  severity: 'info',
  needs: ['wire'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims'],
  symptom: 'claim',
  docs: {
    what: 'One MAC was the sender of eight or more addresses that nobody asked about.',
    why: 'A proxy (proxy_arp_pvlan, a router, a cloud network that fakes ARP) answers for addresses of others and takes their traffic. Somebody who poisons ARP looks the same.',
    confirm:
      'Ask for an address that nobody uses: `arping -b -I IFACE -c 3 FREE-IP` (iputils). If it is answered by this MAC, the machine answers for everything.',
    falseAlarms:
      'A node that holds many VIPs, a router with many addresses and a NAT gateway do this rightly. Where VIPs are asked for, a MAC that claims none of them is not reported. It is a warning only where the MAC also claims an asked address that another machine claims.',
    references: ['RFC 1027', 'RFC 3069', 'net/ipv4/arp.c (arp_fwd_pvlan)', 'https://metallb.io/installation/clouds/'],
  },
  *check({ wire }) {
    const asked = wire.addresses.filter((address) => address.asked)
    for (const sender of wire.senders) {
      const data = describe(sender, asked)
      if (data.count < FEWEST_ADDRESSES || virtualRouterName(sender.mac) !== null) continue
      if (asked.length > 0 && data.vips.length === 0) continue
      yield {
        subject: macSubject(data.mac),
        ...possible('a router or a machine with many addresses of its own looks the same'),
        severity: isRival(sender, asked) ? 'warning' : 'info',
        data,
        evidence: evidence(sender, wire),
      }
    }
  },
  message: ({ mac, count, addresses, vips }) =>
    `${mac} claims ${vips.length > 0 ? `${listed(vips)} and ` : ''}${count} other addresses: ${addresses.join(', ')}${count > addresses.length ? ' …' : ''}`,
  fixes: ({ mac, vips }) => [
    {
      summary: 'Find out whether the machine holds these addresses or answers for everything',
      risk: 'disruptive',
      where: 'node',
      steps: [
        {
          kind: 'look',
          text: 'Ask with l2doctor scan --vip for an address of the subnet that nobody uses; an answer means that it answers for everything',
        },
        {
          kind: 'look',
          text: `On the machine with ${mac}: does it hold the addresses, or does a proxy setting answer?`,
          run: sh`ip -brief address; sysctl -a 2>/dev/null | grep -E 'proxy_arp(_pvlan)? = 1'; ip neigh show proxy`,
        },
        {
          kind: 'runtime',
          text: 'proxy_arp_pvlan answers every request on the segment, even for addresses of others: set it to 0 for the interface that faces the segment',
        },
        {
          kind: 'look',
          text: 'Take the line out of the file that sets it',
          run: sh`grep -rn 'proxy_arp' /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d`,
        },
      ],
      sideEffects: ['Guests that are reached only through this proxy become unreachable.'],
      verify: vips[0] === undefined ? 'l2doctor scan --passive --duration 60' : sh`l2doctor scan --vip ${vips[0]}`,
      undo: 'Set proxy_arp_pvlan of the same interface to 1 again.',
    },
  ],
})

function describe({ mac, count, addresses }: SenderFacts, asked: readonly AddressFacts[]): Many {
  const vips = [...new Set(asked.filter((address) => claims(address, mac)).map(({ ip }) => formatIp(ip)))]
  const others = addresses.map(formatIp).filter((ip) => !vips.includes(ip))
  return { mac: formatMac(mac), count: count - vips.length, addresses: others.slice(0, SHOWN_ADDRESSES), vips }
}

function isRival({ mac }: SenderFacts, asked: readonly AddressFacts[]): boolean {
  return asked.some((address) => claims(address, mac) && address.claims.length > 1)
}

function claims(address: AddressFacts, mac: number): boolean {
  return address.claims.some((claim) => claim.mac === mac)
}

function evidence({ mac, count }: SenderFacts, { capture }: WireFacts) {
  return [
    {
      kind: 'measure',
      name: `addresses claimed by ${formatMac(mac)} in ${capture.arp + capture.nd.neighborSolicitations + capture.nd.neighborAdvertisements} frames`,
      value: String(count),
    },
  ] as const
}
