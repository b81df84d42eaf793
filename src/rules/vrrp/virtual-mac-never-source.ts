import type { AddressFacts, ClaimFacts, WireFacts } from '../../observe/model.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { vridOf } from '../../wire/virtual-mac.js'
import { likely } from '../certainty.js'
import { defineRule, type Fix } from '../define.js'
import { sh } from '../shell.js'
import { addressSubject, claimEvidence, listed, place, type Where, where } from '../wire/evidence.js'
import { isSameStack } from './parts.js'
import { reload } from './reload.js'

interface NeverSource extends Where {
  readonly mac: string
  readonly macs: readonly string[]
  readonly vrid: number
  /** Ethernet sources of the frames that name it. */
  readonly sources: readonly string[]
}

export const virtualMacNeverSource = defineRule({
  id: 'vrrp/virtual-mac-never-source',
  title: 'A virtual MAC answers for an address but never sends a frame',
  severity: 'warning',
  needs: ['wire'],
  explains: ['wire/intermittent-answer', 'storm/gratuitous'],
  docs: {
    what: 'ARP or neighbour discovery says that an address is at a virtual router MAC (00:00:5e:00:01:XX), but every frame that says so, and every advert of that virtual router, came from another Ethernet source.',
    why: 'A switch learns where a MAC is from the frames that it sends. One that never sends is known at no port: all traffic to the address is flooded to every port of the VLAN, is limited where switches limit unknown unicast, and does not move at once after a failover.',
    confirm:
      '`tcpdump -n -e -i IFACE ether src 00:00:5e:00:01:XX`: no frame comes; the switch has no entry for the MAC.',
    falseAlarms:
      'The capture is short, or lies where the frames of the master do not pass: the MAC may be a source elsewhere. The machine may send everything else from the virtual MAC.',
    references: ['RFC 9568 sections 7.3 and 8.1.2', 'keepalived.conf(5) (use_vmac, vmac_xmit_base)'],
  },
  *check({ wire }) {
    for (const address of wire.addresses) {
      for (const claim of address.claims) {
        const vrid = vridOf(claim.mac)
        if (vrid === null || claim.isEthSource || advertised(claim.mac, address, wire)) continue
        if (claim.replies + claim.gratuitous === 0 || claim.otherEthSources.length === 0) continue
        yield {
          subject: addressSubject(address),
          ...likely('no frame of the capture came from the MAC; frames elsewhere were not seen'),
          data: describe(address, claim, vrid),
          evidence: claimEvidence(address, claim),
        }
      }
    }
  },
  message: ({ mac, vrid, sources, ...at }: NeverSource) =>
    `${place(at)} is at the virtual MAC ${mac} (VRID ${vrid}), which sent no frame itself: what names it came from ${listed(sources)}. Switches never learn it and flood all traffic for the address`,
  fixes: (data: NeverSource) => [sendFromIt(data)],
})

/** Adverts came from the virtual MAC: the switches know it. */
function advertised(mac: Mac, address: AddressFacts, { capture }: WireFacts): boolean {
  return capture.vrrp.routers.some(
    ({ vlans, masters }) => isSameStack(vlans, address.vlans) && masters.some(({ macs }) => macs.includes(mac)),
  )
}

function describe(address: AddressFacts, claim: ClaimFacts, vrid: number): NeverSource {
  const mac = formatMac(claim.mac)
  return { ...where(address), mac, macs: [mac], vrid, sources: claim.otherEthSources.map(formatMac) }
}

function sendFromIt({ mac, ip }: NeverSource): Fix {
  return {
    summary: `Let the master send from ${mac}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      {
        kind: 'look',
        text: 'On the master: is vmac_xmit_base set, or are adverts sent from the base device? And does the macvlan with the MAC exist?',
        run: sh`grep -rnE 'use_vmac|vmac_xmit_base' /etc/keepalived; ip -d link show type macvlan`,
      },
      { kind: 'look', text: 'The switch: does it have an entry for the MAC? None: it floods', where: 'switch' },
      {
        kind: 'persistent',
        text: 'Remove vmac_xmit_base from the vrrp_instance, so that adverts leave from the virtual MAC, or use no virtual MAC at all (remove use_vmac)',
      },
      reload('the master'),
    ],
    sideEffects: [
      'The addresses move to the new MAC; clients renew their neighbour entries with the announcements of keepalived.',
    ],
    verify: sh`l2doctor scan --vip ${ip} --passive --duration 30`,
    undo: 'Write the settings of before, and reload keepalived.',
  }
}
