import { parse } from 'yaml'
import { type Known, mapKnown, valueOr } from '../../../known.js'
import { type AddressRange, holdsAddress, parseAddressRange } from '../../address-range.js'
import { matchesSelector } from '../../label-selector.js'
import type { ClusterSnapshot, ConfigMap } from '../../model.js'
import type { LabelSelector } from '../../model-workloads.js'
import { holdsFor } from '../version.js'
import type { MetalLbInstall } from './install.js'
import type { AddressPool, BgpAdvertisement, IpAddressPool, L2Advertisement } from './objects.js'
import { METALLB } from './versions.js'

/** A pool of addresses, from an IPAddressPool, an AddressPool or the ConfigMap of versions before 0.13. */
export interface Pool {
  readonly name: string
  /** `IPAddressPool/metallb-system/lan`, `AddressPool/metallb-system/lan` or `ConfigMap/metallb-system/config`. */
  readonly object: string
  readonly ranges: readonly AddressRange[]
  /** The L2Advertisements that select it; a pool that says `layer2` itself is advertised everywhere. */
  readonly advertisements: readonly PoolAdvertisement[]
}

/** The part of an L2Advertisement that an election looks at. */
export type PoolAdvertisement = Pick<
  L2Advertisement,
  'key' | 'nodeSelectors' | 'serviceSelectors' | 'preferredNodeSelectors' | 'interfaces'
>

/** The pools of an installation, wherever its version keeps them. */
export function poolsOf(cluster: ClusterSnapshot, install: MetalLbInstall): Known<readonly Pool[]> {
  if (install.configMap) return mapKnown(cluster.configMaps, (maps) => poolsOfConfigMap(install, maps))
  const { ipAddressPools, l2Advertisements, bgpAdvertisements } = cluster
  if (!ipAddressPools.known) return ipAddressPools
  // read up to 0.13 (metallb/metallb#2252); the objects can outlive that
  const legacy = holdsFor(install.version, METALLB.readsAddressPools) === false ? [] : valueOr(cluster.addressPools, [])
  return mapKnown(l2Advertisements, (advertisements) => [
    ...poolsOfResources(ipAddressPools.value, advertisements, valueOr(bgpAdvertisements, [])),
    ...poolsOfLegacyResources(legacy),
  ])
}

/** Pools of custom resources, less those that only BGP announces. Without any advertisement a pool stays, announced by nobody. */
export function poolsOfResources(
  pools: readonly IpAddressPool[],
  advertisements: readonly L2Advertisement[],
  bgp: readonly BgpAdvertisement[],
): readonly Pool[] {
  return pools.flatMap((pool) => {
    const own = advertisements.filter((one) => selectsPool(one, pool))
    if (own.length === 0 && bgp.some((one) => selectsPool(one, pool))) return []
    return [
      {
        name: pool.name,
        object: `IPAddressPool/${pool.key}`,
        ranges: readRanges(pool.addresses),
        advertisements: own,
      },
    ]
  })
}

/** The layer2 ones among the pools that say so themselves; they need no L2Advertisement (internal/config at 0.13). */
function poolsOfLegacyResources(pools: readonly AddressPool[]): readonly Pool[] {
  return pools.flatMap((pool) => layer2Pool(pool, `AddressPool/${pool.key}`))
}

/** An advertisement selects pools by name or by label; with neither it selects all (MetalLB API reference). */
export function selectsPool(
  { namespace, ipAddressPools, ipAddressPoolSelectors }: BgpAdvertisement,
  pool: IpAddressPool,
): boolean {
  if (namespace !== pool.namespace) return false
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return true
  return ipAddressPools.includes(pool.name) || matchesAny(ipAddressPoolSelectors, pool.labels)
}

/** No selector at all selects everything. */
export function matchesAnyOrNone(
  selectors: readonly LabelSelector[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return selectors.length === 0 || matchesAny(selectors, labels)
}

function matchesAny(selectors: readonly LabelSelector[], labels: Readonly<Record<string, string>>): boolean {
  return selectors.some((selector) => matchesSelector(selector, labels))
}

/** The layer2 pools of the installation's ConfigMap; empty when it cannot be read as YAML. */
function poolsOfConfigMap(install: MetalLbInstall, configMaps: readonly ConfigMap[]): readonly Pool[] {
  const config = configOf(install, configMaps)
  if (!config) return []
  return legacyPools(config.data['config'] ?? '').flatMap((pool) => layer2Pool(pool, `ConfigMap/${config.key}`))
}

/** The addresses that the installation's ConfigMap gives to BGP. */
export function bgpPoolsOfConfigMap(
  install: MetalLbInstall,
  configMaps: readonly ConfigMap[],
): readonly { readonly addresses: readonly string[]; readonly object: string }[] {
  const config = configOf(install, configMaps)
  if (!config) return []
  const pools = legacyPools(config.data['config'] ?? '').filter(({ protocol }) => protocol === 'bgp')
  return pools.map(({ addresses }) => ({ addresses, object: `ConfigMap/${config.key}` }))
}

function configOf(install: MetalLbInstall, configMaps: readonly ConfigMap[]): ConfigMap | undefined {
  return configMaps.find(({ namespace, name }) => namespace === install.speaker.namespace && name === install.configMap)
}

const EVERYWHERE: PoolAdvertisement = {
  key: 'layer2',
  nodeSelectors: [],
  serviceSelectors: [],
  preferredNodeSelectors: [],
  interfaces: [],
}

function layer2Pool({ name, protocol, addresses }: LegacyPool, object: string): Pool[] {
  if (protocol !== 'layer2') return []
  return [{ name, object, ranges: readRanges(addresses), advertisements: [EVERYWHERE] }]
}

interface LegacyPool {
  readonly name: string
  readonly protocol: string
  readonly addresses: readonly string[]
}

function legacyPools(text: string): readonly LegacyPool[] {
  const config = parseYaml(text)
  const pools = isRecord(config) ? config['address-pools'] : []
  return (Array.isArray(pools) ? pools.filter(isRecord) : []).map(({ name, protocol, addresses }) => ({
    name: String(name),
    protocol: String(protocol),
    addresses: Array.isArray(addresses) ? addresses.map(String) : [],
  }))
}

/** Null for text that is no YAML: MetalLB refuses it as well. */
function parseYaml(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readRanges(addresses: readonly string[]): readonly AddressRange[] {
  return addresses.flatMap((text) => parseAddressRange(text) ?? [])
}

export function poolOf(pools: readonly Pool[], ip: string): Pool | null {
  return pools.find(({ ranges }) => holdsAddress(ranges, ip)) ?? null
}
