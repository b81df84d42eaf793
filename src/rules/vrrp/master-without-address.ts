import { holdingInstances } from '../../facts/vrrp-holders.js'
import type { Host } from '../../node/model.js'
import type { VirtualRouter, VrrpMaster } from '../../observe/vrrp/model.js'
import { lastSaid } from '../../observe/vrrp/said.js'
import { likely } from '../certainty.js'
import { defineRule } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'
import { cyclesOf } from './cycles.js'
import { advertEvidence, ownMacs, type RouterData, routerData, routerName } from './parts.js'

interface WithoutAddress extends RouterData {
  readonly node: string
  readonly missing: readonly string[]
}

export const masterWithoutAddress = defineRule({
  id: 'vrrp/master-without-address',
  title: 'A machine advertises addresses that its kernel does not hold',
  severity: 'error',
  needs: ['wire', 'hosts'],
  explains: ['wire/no-answer', 'wire/stopped-answering', 'vrrp/master-does-not-answer', 'answers/silent-holder'],
  docs: {
    what: 'A host was the master of a virtual router to the end of the capture, and the addresses that its adverts name are on none of its interfaces.',
    why: 'VRRP keeps every other machine away from the address, and the one that has it does not answer: clients get nothing. A network manager that was restarted removes addresses that it does not know, and keepalived does not always notice.',
    confirm: '`ip -brief address | grep VIP` on the host; `journalctl -u keepalived | tail`.',
    falseAlarms: 'The host was read some time after the capture, and mastership moved in between.',
    references: ['acassen/keepalived#1385', 'keepalived.conf(5) (virtual_ipaddress)'],
  },
  *check({ wire, hosts }) {
    for (const router of wire.capture.vrrp.routers) {
      const master = currentMaster(router)
      const host = master && hosts.find((one) => one.reached && isOf(one, master))
      if (!master || !host?.sections.addresses.known || hasStopped(host, router)) continue
      const held = new Set(host.sections.addresses.value.map(({ ip }) => ip))
      // where keepalived of another host holds it, mastership moved after the capture
      const moved = (ip: string) => hosts.some((other) => other !== host && holdingInstances(other, ip).length > 0)
      const missing = (lastSaid(master)?.addresses ?? []).filter((ip) => !held.has(ip) && !moved(ip))
      if (missing.length === 0) continue
      yield {
        subject: nodeSubject(host),
        ...likely('its adverts and its addresses were read, though not at the same moment'),
        data: { ...routerData(router, wire), node: host.name, missing },
        evidence: [
          ...advertEvidence(master),
          commandEvidence(host, sh`ip -brief address`, `${missing.join(', ')}: on no interface`),
        ],
      }
    }
  },
  message: ({ node, missing, ...router }: WithoutAddress) =>
    `${node} advertises ${routerName(router)} with ${missing.join(', ')}, which no interface of it holds`,
  fixes: ({ node, missing }: WithoutAddress) => [
    {
      summary: `Let keepalived of ${node} add the addresses again`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'look',
          text: 'Who removed them? A network manager that was restarted at that time is the usual cause',
          run: sh`journalctl --since -2h --no-pager | grep -iE 'keepalived|networkd|NetworkManager|netplan' | tail -n 40`,
        },
        {
          kind: 'restart',
          text: 'Restart keepalived: it resigns, and its peer or it itself becomes master with the addresses',
          run: sh`systemctl restart keepalived`,
        },
      ],
      sideEffects: ['Mastership moves to the peer while keepalived restarts.'],
      verify: sh`ip -brief address show to ${missing[0] ?? ''}`,
      undo: 'No changes to undo: the restart changes no setting.',
    },
  ],
})

/** Where mastership goes back and forth, another one may have had it when the host was read. */
function currentMaster(router: VirtualRouter): VrrpMaster | null {
  const { masters, master } = router
  const busy = masters.some(({ besides }) => besides.some(({ times }) => times > 1))
  return busy || cyclesOf(router) !== null ? null : (masters.find(({ ip }) => ip === master) ?? null)
}

/** Its keepalived has ended since: it is no master any more, and somebody may have stopped it on purpose. */
function hasStopped({ sections: { keepalived } }: Host, { vrid, family }: VirtualRouter): boolean {
  if (!keepalived.known || keepalived.value.running) return false
  return keepalived.value.instances.some((one) => one.vrid === vrid && one.family === family)
}

/** Its address or its card sent the adverts. */
function isOf({ sections: { links, addresses } }: Host, master: VrrpMaster): boolean {
  if (addresses.known && addresses.value.some(({ ip }) => ip === master.ip)) return true
  const macs = ownMacs(master)
  return links.known && links.value.some(({ mac }) => mac !== null && macs.includes(mac))
}
