import { meta, type Raw, record, records, text, texts } from '../../normalise/raw.js'
import type { CalicoBgpConfiguration, CalicoFelixConfiguration, CalicoIpPool } from './objects.js'

export function normaliseBgpConfiguration(object: Raw): CalicoBgpConfiguration {
  const spec = record(object['spec'])
  const cidrs = (field: string) => records(spec[field]).map(({ cidr }) => text(cidr))
  return {
    name: meta(object).name,
    loadBalancerIPs: cidrs('serviceLoadBalancerIPs'),
    externalIPs: cidrs('serviceExternalIPs'),
  }
}

export function normaliseFelixConfiguration(object: Raw): CalicoFelixConfiguration {
  const { localSubnetL2Reachability } = record(object['spec'])
  return { name: meta(object).name, localSubnetL2Reachability: text(localSubnetL2Reachability) }
}

/** A mode that is not set is Never. */
export function normaliseIpPool(object: Raw): CalicoIpPool {
  const spec = record(object['spec'])
  const modes = [text(spec['ipipMode']), text(spec['vxlanMode'])]
  return {
    name: meta(object).name,
    cidr: text(spec['cidr']),
    encapsulated: modes.some((mode) => mode !== '' && mode !== 'Never'),
    allowedUses: texts(spec['allowedUses']),
  }
}
