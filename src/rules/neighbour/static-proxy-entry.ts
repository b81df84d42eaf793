import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, interfaceSubject, vipTexts } from '../host-parts.js'
import { sh } from '../shell.js'

export const staticProxyEntry = defineHostRule({
  id: 'neighbour/static-proxy-entry',
  title: 'A node was told by hand to answer for an address',
  severity: 'warning',
  sections: ['proxyNeighbours', 'links'],
  explains: [
    'wire/duplicate-responders',
    'wire/conflicting-claims',
    'wire/proxy-responder',
    'wire/unexpected-responder',
  ],
  docs: {
    what: 'A proxy neighbour entry (`ip neigh add proxy`) makes the kernel answer ARP for an address it does not hold.',
    why: 'If the address is a VIP, this node answers beside its owner, whatever proxy_arp says.',
    confirm: '`ip neigh show proxy` lists the entry; after its removal the second MAC is gone from `arping -b`.',
    falseAlarms: 'VPN and pod gateways publish addresses of clients this way on purpose.',
    references: ['ip-neighbour(8)', 'net/ipv4/arp.c arp_process (pneigh_lookup)'],
  },
  *checkHost({ proxyNeighbours, links }, host, question) {
    const vips = vipTexts(question.vips)
    const facing = new Set(links.filter(({ facesSegment }) => facesSegment).map(({ name }) => name))
    for (const entry of proxyNeighbours) {
      if (entry.family !== 4 || !facing.has(entry.interface)) continue
      yield {
        subject: interfaceSubject(host, entry.interface),
        severity: vips.includes(entry.ip) ? 'error' : 'warning',
        data: { node: host.name, interface: entry.interface, ip: entry.ip },
        evidence: [commandEvidence(host, sh`ip neigh show proxy`, `${entry.ip} dev ${entry.interface} proxy`)],
      }
    }
  },
  message: ({ node, interface: name, ip }) => `${node} answers on ${name} for ${ip} by a static proxy entry`,
  fixes: ({ node, interface: name, ip }) => [
    {
      summary: `Remove the proxy entry for ${ip} on ${node}`,
      risk: 'none',
      where: 'node',
      node,
      steps: [
        { kind: 'runtime', text: 'Remove it now', run: sh`ip neigh del proxy ${ip} dev ${name}` },
        {
          kind: 'persistent',
          text: 'Find what adds it at boot (interface scripts, a VPN or an old VIP script) and take it out',
          run: sh`grep -rnF -e ${ip} /etc/network /etc/netplan /etc/systemd/network /etc/NetworkManager 2>/dev/null`,
        },
      ],
      sideEffects: [`Whoever reached ${ip} through this node loses it.`],
      verify: 'ip neigh show proxy',
      undo: sh`ip neigh add proxy ${ip} dev ${name}`,
    },
  ],
})
