import { type AddressRange, addressText, parseAddressRange } from '../../cluster/address-range.js'
import { objectName } from '../../cluster/key.js'
import type { ClusterSnapshot } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import { certain } from '../certainty.js'
import { clusterFix, editObject, objectEvidence } from '../cluster-parts.js'
import { defineRule } from '../define.js'
import { objectSubject } from '../subject.js'

interface NotAligned {
  /** `CiliumLoadBalancerIPPool/lan`, `IPAddressPool/metallb-system/lan`. */
  readonly pool: string
  readonly cidr: string
  readonly first: string
  readonly last: string
  /** The range of as many addresses that begins where the CIDR is written to. */
  readonly meant: { readonly first: string; readonly last: string }
}

export const poolNotAligned = defineRule({
  id: 'announcer/pool-not-aligned',
  title: 'An address pool begins before the address that is written',
  severity: 'warning',
  needs: ['cluster'],
  explains: ['answers/unexplained-responder', 'wire/duplicate-responders', 'wire/conflicting-claims'],
  docs: {
    what: 'A pool is written as a CIDR whose address is not the first of its network, such as 192.168.100.200/28. It is the network around that address, .192 to .207, and not sixteen addresses from .200 on.',
    why: 'Services get addresses before the one that was written, perhaps of the DHCP range or of other machines, and never those behind the end of the network.',
    confirm:
      '`kubectl get ciliumloadbalancerippools,ipaddresspools.metallb.io -A -o yaml` beside the range that was meant.',
    falseAlarms: 'Somebody may write an address of the network on purpose: the pool is then what it should be.',
    references: [
      'RFC 4632 section 3.1',
      'https://docs.cilium.io/en/stable/network/lb-ipam/',
      'https://metallb.io/configuration/#defining-the-ips-to-assign-to-the-load-balancer-services',
    ],
  },
  *check({ cluster }) {
    for (const { pool, path, cidr } of cidrsOf(cluster)) {
      const range = parseAddressRange(cidr)
      const written = parseAddressRange(cidr.split('/')[0]!)
      if (!range || !written || written.from === range.from) continue
      yield {
        subject: objectSubject(pool),
        ...certain('the pool was read'),
        data: describe(pool, cidr, range, written.from),
        evidence: [objectEvidence(pool, path, cidr)],
      }
    }
  },
  message: ({ pool, cidr, first, last }: NotAligned) => `${pool} holds ${cidr}, which is ${first} to ${last}`,
  fixes: ({ pool, meant }: NotAligned) => {
    const { kind } = objectName(pool)
    return [
      clusterFix({
        summary: `Write the range that is meant, such as ${meant.first} to ${meant.last}`,
        risk: 'disruptive',
        text:
          kind === 'IPAddressPool'
            ? `As an entry of .spec.addresses: ${meant.first}-${meant.last}`
            : `As an entry of .spec.blocks: start: ${meant.first} and stop: ${meant.last}`,
        run: editObject(pool),
        sideEffects: ['A Service with an address outside of the new range gets another one.'],
        verify: 'kubectl get services -A',
        undo: 'Restore the former range.',
      }),
    ]
  },
})

function cidrsOf({ ciliumPools, ipAddressPools }: ClusterSnapshot) {
  return [
    ...valueOr(ciliumPools, []).flatMap(({ name, blocks }) =>
      blocks.flatMap(({ cidr }) =>
        cidr ? [{ pool: `CiliumLoadBalancerIPPool/${name}`, path: '.spec.blocks[].cidr', cidr }] : [],
      ),
    ),
    ...valueOr(ipAddressPools, []).flatMap(({ key, addresses }) =>
      addresses.flatMap((cidr) =>
        cidr.includes('/') ? [{ pool: `IPAddressPool/${key}`, path: '.spec.addresses', cidr }] : [],
      ),
    ),
  ]
}

function describe(pool: string, cidr: string, { family, from, to }: AddressRange, written: bigint): NotAligned {
  const text = (value: bigint) => addressText(family, value)
  return {
    pool,
    cidr,
    first: text(from),
    last: text(to),
    meant: { first: text(written), last: text(written + (to - from)) },
  }
}
