import { conditions } from '../../normalise/conditions.js'
import { count, labels, meta, type Raw, record, records, text, textOrNull, texts } from '../../normalise/raw.js'
import { labelSelector, labelSelectors } from '../../normalise/selectors.js'
import type {
  AddressPool,
  BgpAdvertisement,
  ConfigurationState,
  IpAddressPool,
  L2Advertisement,
  ServiceL2Status,
} from './objects.js'

export function normaliseIpAddressPool(object: Raw): IpAddressPool {
  const spec = record(object['spec'])
  return {
    ...meta(object),
    labels: labels(record(object['metadata'])['labels']),
    addresses: texts(spec['addresses']),
    autoAssign: spec['autoAssign'] !== false,
  }
}

export function normaliseAddressPool(object: Raw): AddressPool {
  const spec = record(object['spec'])
  return { ...meta(object), protocol: text(spec['protocol']), addresses: texts(spec['addresses']) }
}

export function normaliseBgpAdvertisement(object: Raw): BgpAdvertisement {
  const spec = record(object['spec'])
  return {
    ...meta(object),
    ipAddressPools: texts(spec['ipAddressPools']),
    ipAddressPoolSelectors: labelSelectors(spec['ipAddressPoolSelectors']),
    nodeSelectors: labelSelectors(spec['nodeSelectors']),
  }
}

export function normaliseL2Advertisement(object: Raw): L2Advertisement {
  const spec = record(object['spec'])
  return {
    ...normaliseBgpAdvertisement(object),
    interfaces: texts(spec['interfaces']),
    serviceSelectors: labelSelectors(spec['serviceSelectors']),
    preferredNodeSelectors: records(spec['preferredNodeSelectors']).map((preferred) => ({
      weight: count(preferred['weight']),
      selector: labelSelector(preferred['preference']),
    })),
  }
}

/** The labels repeat what the status says, and are there before it. */
export function normaliseServiceL2Status(object: Raw): ServiceL2Status {
  const metadata = record(object['metadata'])
  const marks = labels(metadata['labels'])
  const status = record(object['status'])
  const service = text(status['serviceName']) || (marks['metallb.io/service-name'] ?? '')
  const inNamespace = text(status['serviceNamespace']) || (marks['metallb.io/service-namespace'] ?? '')
  const { key, namespace, name } = meta(object)
  return {
    key,
    namespace,
    name,
    node: text(status['node']) || (marks['metallb.io/node'] ?? ''),
    service: `${inNamespace}/${service}`,
  }
}

export function normaliseConfigurationState(object: Raw): ConfigurationState {
  const marks = labels(record(object['metadata'])['labels'])
  const status = record(object['status'])
  const failed = conditions(status['conditions']).find(({ status }) => status === 'False')
  return {
    ...meta(object),
    node: textOrNull(marks['metallb.io/node-name']),
    component: marks['metallb.io/component-type'] ?? '',
    result: text(status['result']) || 'Unknown',
    error: text(status['errorSummary']) || (failed?.message ?? ''),
  }
}
