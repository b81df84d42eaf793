import { areaOf, keyParts } from '../../answering/change/apply.js'
import { chainsOf, indexOfRule, isChain } from '../../answering/change/filters.js'
import type { Change, FilterRule } from '../../answering/change/model.js'
import { valueOr } from '../../known.js'
import { scoped } from '../../node/effective.js'
import type { Host, Sysctls } from '../../node/model.js'

/** The change that brings back what the snapshot shows; null where it does not show it. */
export function inverseOf(change: Change, host: Host): Change | null {
  switch (change.kind) {
    case 'sysctl': {
      const { sysctls } = host.sections
      const was = sysctls.known ? settingIn(sysctls.value, change.key) : null
      return was === null ? null : { ...change, value: was }
    }
    case 'address-add':
      return { ...change, kind: 'address-del' }
    case 'address-del':
      return { ...change, kind: 'address-add', ...(isWithoutDetection(change, host) ? { nodad: true } : {}) }
    case 'route-add':
      return { ...change, kind: 'route-del' }
    case 'route-del':
      return { ...change, kind: 'route-add' }
    case 'rule-add':
      return { ...change, kind: 'rule-del' }
    case 'rule-del':
      return { ...change, kind: 'rule-add' }
    case 'proxy-add':
      return { ...change, kind: 'proxy-del' }
    case 'proxy-del':
      return { ...change, kind: 'proxy-add' }
    case 'neighbour-add':
      return { ...change, kind: 'neighbour-del' }
    case 'neighbour-del':
      return { ...change, kind: 'neighbour-add' }
    case 'filter-add':
      return { ...change, kind: 'filter-del' }
    case 'filter-del':
      return { ...change, kind: 'filter-add', at: placeOf(change, host), handle: null }
    case 'port':
    case 'link':
      return { ...change, on: !change.on }
    case 'link-mac': {
      const mac = valueOr(host.sections.links, []).find(({ name }) => name === change.device)?.mac ?? null
      return mac === null ? null : { ...change, mac }
    }
  }
}

/** Detection would fail where another interface of the segment has the address on purpose (IFA_F_NODAD, as keepalived adds them). */
function isWithoutDetection({ address, device }: AddressChange, { sections: { addresses } }: Host): boolean {
  const held = valueOr(addresses, []).find(({ ip, interface: name }) => ip === address.ip && name === device)
  return held?.flags?.includes('nodad') === true
}

type AddressChange = Extract<Change, { kind: 'address-add' | 'address-del' }>

/** Where the rule stands; null: no other comes after it. */
function placeOf(change: FilterRule, { sections }: Host): number | null {
  const filterChains = sections[chainsOf(change)]
  const chain = filterChains.known ? filterChains.value.chains.find((one) => isChain(one, change)) : undefined
  const at = chain ? indexOfRule(chain, change) : -1
  return chain && at >= 0 && at < chain.rules.length - 1 ? at : null
}

function settingIn(sysctls: Sysctls, key: string): number | null {
  if (key === 'net.ipv4.ip_forward') return sysctls.ipForward
  const bridge = /^net\.bridge\.(.+)$/.exec(key)?.[1]
  if (bridge !== undefined) return sysctls.bridge[bridge] ?? null
  const at = keyParts(key)
  return at === null ? null : scoped(sysctls[areaOf(at.area)], at.scope, at.name)
}
