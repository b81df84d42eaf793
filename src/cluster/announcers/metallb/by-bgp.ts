import { valueOr } from '../../../known.js'
import { holdsAddress, parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot } from '../../model.js'
import type { FindBgp } from '../announcer.js'
import { metalLbInstalls, servesService } from './install.js'
import { bgpPoolsOfConfigMap, selectsPool } from './pools.js'

/** The BGPAdvertisement, or the pool of a version before 0.13.9 that says so itself. */
export function metallbByBgp(cluster: ClusterSnapshot): FindBgp {
  const [install] = metalLbInstalls(valueOr(cluster.workloads, []))
  if (!install) return () => null
  const advertisements = valueOr(cluster.bgpAdvertisements, [])
  const advertised = valueOr(cluster.ipAddressPools, []).flatMap((pool) => {
    const by = advertisements.find((one) => selectsPool(one, pool))
    return by ? [{ addresses: pool.addresses, object: `BGPAdvertisement/${by.key}` }] : []
  })
  const legacy = valueOr(cluster.addressPools, []).flatMap(({ protocol, addresses, key }) =>
    protocol === 'bgp' ? [{ addresses, object: `AddressPool/${key}` }] : [],
  )
  const oldest = install.configMap ? bgpPoolsOfConfigMap(install, valueOr(cluster.configMaps, [])) : []
  const pools = [...advertised, ...legacy, ...oldest].map(({ addresses, object }) => ({
    ranges: addresses.flatMap((text) => parseAddressRange(text) ?? []),
    object,
  }))
  return (service, ip) =>
    servesService(install, service) ? (pools.find(({ ranges }) => holdsAddress(ranges, ip))?.object ?? null) : null
}
