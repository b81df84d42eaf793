import { type Effective, effective } from '../../node/effective.js'
import type { Link } from '../../node/model.js'
import { holders } from '../../node/roles.js'
import type { Fix } from '../define.js'
import { defineHostRule, type HostIdentity } from '../define-host-rule.js'
import {
  commandEvidence,
  interfaceSubject,
  segmentInterfaces,
  sysctlEvidence,
  sysctlFix,
  vipTexts,
} from '../host-parts.js'
import { sh } from '../shell.js'

type Fault =
  /** 8: answers nothing; 4 to 7 are reserved and behave as 0 */
  | 'silent'
  /** 2 and 3 refuse askers of other networks or addresses of host scope */
  | 'odd'
  /** the address sits on a device that the segment never reaches, and every NIC answers for it */
  | 'loose'

interface ArpIgnore {
  readonly node: string
  readonly interface: string
  readonly fault: Fault
  readonly value: number
  readonly scopes: readonly string[]
  /** Where the addresses sit, for `loose`. */
  readonly held: readonly string[]
  readonly ipvs: boolean
}

export const arpIgnore = defineHostRule({
  id: 'sysctl/arp-ignore',
  title: 'arp_ignore makes a node answer for too much or for nothing',
  severity: 'error',
  sections: ['sysctls', 'links', 'addresses'],
  explains: ['wire/duplicate-responders', 'wire/conflicting-claims', 'wire/no-answer', 'wire/unexpected-responder'],
  docs: {
    what: 'With arp_ignore 0 the kernel answers on any interface for any local address. Under kube-proxy in IPVS mode every node holds every VIP on kube-ipvs0, so every node answers. With 8 the interface answers nothing at all; 2 and 3 refuse some askers.',
    why: 'Too loose: N nodes answer for one VIP and clients are spread at random. Too strict: the VIP is silent.',
    confirm:
      '`sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.IFACE.arp_ignore` (the larger holds); `ip -brief address show dev kube-ipvs0`; `arping -b -I IFACE -c 3 VIP` shows one MAC per node.',
    falseAlarms:
      'arp_ignore means nothing to MetalLB and Cilium, which answer from user space or eBPF: it matters only for addresses that the kernel holds (IPVS, kube-vip, keepalived, PureLB). kube-ipvs0 with arp_ignore 1 or 2 is as it should be.',
    references: [
      'Documentation/networking/ip-sysctl.rst arp_ignore',
      'https://metallb.io/installation/#preparation',
      'metallb/metallb#153',
      'kubermatic/kubermatic#7309',
    ],
  },
  *checkHost({ sysctls, links, addresses }, host, question) {
    const hidden = hiddenAddresses(links, holders(addresses, vipTexts(question.vips)), addresses)
    for (const { name } of segmentInterfaces(links)) {
      const value = effective(sysctls, 'arp_ignore', name)
      const fault = value && faultOf(value.value, hidden.length > 0)
      if (!value || !fault) continue
      const ipvs = hidden.some((text) => text.endsWith('kube-ipvs0'))
      yield {
        subject: interfaceSubject(host, name),
        severity: fault === 'odd' ? 'info' : fault === 'loose' && !ipvs ? 'warning' : 'error',
        data: describe(host, name, fault, value, hidden, ipvs),
        evidence: [
          sysctlEvidence(host, value),
          ...(fault === 'loose' ? [commandEvidence(host, sh`ip -brief address`, hidden.join('\n'))] : []),
        ],
      }
    }
  },
  message: ({ node, interface: name, fault, value, held }: ArpIgnore) => {
    if (fault === 'silent') return `${node} answers no ARP at all on ${name} (arp_ignore is ${value})`
    if (fault === 'odd') return `${node} refuses some askers on ${name} (arp_ignore is ${value})`
    return `${node} answers on ${name} for addresses it holds elsewhere (${held.join(', ')}): arp_ignore is 0`
  },
  fixes: (data: ArpIgnore) =>
    data.fault === 'loose' && data.ipvs
      ? [strictArp(), localFix(data, 1)]
      : [localFix(data, data.held.length > 0 ? 1 : 0)],
})

function faultOf(value: number, holdsHidden: boolean): Fault | null {
  if (value >= 4) return value === 8 ? 'silent' : 'odd'
  if (value >= 2) return 'odd'
  return value === 0 && holdsHidden ? 'loose' : null
}

/** VIPs (under IPVS: all addresses of kube-ipvs0) on devices that no frame of the segment ever enters. */
function hiddenAddresses(
  links: readonly Link[],
  vips: readonly { interface: string; ip: string }[],
  all: readonly { interface: string; ip: string; family: number }[],
): string[] {
  const roles = new Map(links.map(({ name, role }) => [name, role]))
  const onIpvs = all.filter((held) => roles.get(held.interface) === 'ipvs' && held.family === 4)
  const elsewhere = vips.filter((held) => ['dummy', 'loopback'].includes(roles.get(held.interface) ?? ''))
  return [...new Set([...onIpvs, ...elsewhere].map((held) => `${held.ip} on ${held.interface}`))]
}

function describe(
  host: HostIdentity,
  name: string,
  fault: Fault,
  value: Effective,
  hidden: readonly string[],
  ipvs: boolean,
): ArpIgnore {
  return {
    node: host.name,
    interface: name,
    fault,
    value: value.value,
    scopes: scopesOf(fault, value),
    held: fault === 'loose' ? hidden.slice(0, 5) : [],
    ipvs,
  }
}

function scopesOf(fault: Fault, { all, own, interface: name }: Effective): string[] {
  if (fault === 'loose') return ['all']
  return [...((all ?? 0) > 1 ? ['all'] : []), ...(own > 1 ? [name] : [])]
}

function strictArp(): Fix {
  return {
    summary: 'Let kube-proxy set it on every node: strictARP',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: 'kubeadm clusters: the ConfigMap of kube-proxy',
        run: sh`kubectl -n kube-system get configmap kube-proxy -o yaml | sed -e "s/strictARP: false/strictARP: true/" | kubectl apply -f -`,
      },
      {
        kind: 'runtime',
        text: 'Restart kube-proxy so that it takes effect',
        run: sh`kubectl -n kube-system rollout restart daemonset/kube-proxy`,
      },
      { kind: 'manual', text: 'k3s, RKE2, k0s: pass --ipvs-strict-arp=true as a kube-proxy argument instead' },
    ],
    sideEffects: [
      'arp_ignore=1 and arp_announce=2 then hold on every NIC: addresses announced from lo or another NIC stop answering.',
    ],
    verify: 'sysctl net.ipv4.conf.all.arp_ignore # 1 on every node',
    undo: 'Set strictARP back to false and restart kube-proxy.',
  }
}

function localFix({ node, interface: name, scopes, value }: ArpIgnore, wanted: 0 | 1): Fix {
  return sysctlFix({
    node,
    scopes,
    name: 'arp_ignore',
    value: wanted,
    was: value,
    summary:
      wanted === 1
        ? `Answer only for addresses of the asked interface on ${node}`
        : `Let ${name} of ${node} answer again`,
    sideEffects: wanted === 1 ? ['Addresses on lo or another NIC are no longer answered for.'] : [],
  })
}
