import type { AddressFacts, ClaimFacts } from '../../observe/model.js'
import { formatMac } from '../../wire/mac.js'
import { virtualRouterName } from '../../wire/virtual-mac.js'
import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { part, parts, sh } from '../shell.js'
import { addressSubject, claimEvidence, isSix, listed, place, type Where, where } from './evidence.js'
import { isUnusable } from './unusable-mac.js'

interface Mismatch extends Where {
  readonly claims: readonly { readonly mac: string; readonly ethernetSources: readonly string[] }[]
}

export const ethernetMismatch = defineRule({
  id: 'wire/ethernet-mismatch',
  title: 'ARP or neighbour discovery names another MAC than the frame came from',
  severity: 'warning',
  needs: ['wire'],
  symptom: 'claim',
  docs: {
    what: 'The sender MAC inside the packet (sha of ARP, the link-layer address of neighbour discovery) differs from the Ethernet source of the frame that carried it: one machine speaks for another.',
    why: 'The switch learns the Ethernet source, clients learn the sha. If the machine named by sha has not been heard by the switch, traffic is flooded or lost; switches with ARP inspection drop such frames. A stale speaker goes on answering for a node that is dead.',
    confirm: '`tcpdump -n -e -i IFACE arp and host VIP`: compare the MAC before `>` with the one after `is-at`.',
    falseAlarms:
      'Virtual router MACs (VRRP, HSRP, CARP) on either side are not reported. Wireless repeaters and some access points rewrite the Ethernet source. OpenELB up to 0.5 does this by design.',
    references: ['RFC 826', 'openelb/openelb#359', 'openelb/openelb#392'],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      const claims = address.claims.filter((claim) => foreignSources(claim).length > 0)
      if (claims.length === 0) continue
      yield {
        subject: addressSubject(address),
        ...certain('both MACs stand in one frame'),
        data: describe(address, claims),
        evidence: claims.flatMap((claim) => claimEvidence(address, claim)),
      }
    }
  },
  message: ({ claims, ...at }) =>
    `${listed(claims.map(({ mac, ethernetSources }) => `${listed(ethernetSources)} sent ${isSix(at.ip) ? 'neighbour discovery' : 'ARP'} that says ${place(at)} is at ${mac}`))}`,
  fixes: ({ ip, claims }) => [
    {
      summary: 'Find the machine that speaks for another, and let each announce itself',
      risk: 'none',
      where: 'workstation',
      steps: [
        {
          kind: 'look',
          text: 'Let l2doctor name the nodes behind both MACs',
          run: sh`l2doctor diagnose --vip ${ip}`,
        },
        {
          kind: 'look',
          text: 'The speaker is the neighbour with this MAC',
          run: sh`ip neigh show | grep -i ${parts(claims.flatMap(({ ethernetSources }) => ethernetSources.map((mac) => part`-e ${mac}`)))}`,
        },
        {
          kind: 'look',
          text: 'OpenELB up to 0.5 answers on behalf of the chosen node: upgrade to 0.6 or later',
          run: sh`kubectl get pods -A -o jsonpath='{range .items[*]}{.spec.containers[*].image}{"\\n"}{end}' | grep -i openelb | sort -u`,
        },
        {
          kind: 'look',
          text: 'A bridge port with proxy_arp answers in the name of others',
          run: sh`ip -d link show | grep -B2 "proxy_arp on"`,
        },
      ],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

function foreignSources({ mac, otherEthSources }: ClaimFacts): number[] {
  return virtualRouterName(mac) || isUnusable(mac)
    ? []
    : otherEthSources.filter((source) => virtualRouterName(source) === null)
}

function describe(address: AddressFacts, claims: readonly ClaimFacts[]): Mismatch {
  return {
    ...where(address),
    claims: claims.map((claim) => ({
      mac: formatMac(claim.mac),
      ethernetSources: foreignSources(claim).map(formatMac),
    })),
  }
}
