import { z } from 'zod'
import { listOf } from '../../../first-wrong.js'
import { figure, nodeName, objectKey, objectName, oneOf, words } from '../../../redact/declare.js'
import { custom, type OwnKinds, type Resource } from '../../kind-spec.js'
import * as declared from '../../redact/parts.js'
import { flag, labels, named, number, selector, text, textOrNull, texts } from '../../snapshot-parts.js'
import {
  normaliseAddressPool,
  normaliseBgpAdvertisement,
  normaliseConfigurationState,
  normaliseIpAddressPool,
  normaliseL2Advertisement,
  normaliseServiceL2Status,
} from './normalise.js'

const advertisement = () => ({
  ...named,
  ipAddressPools: texts,
  ipAddressPoolSelectors: listOf(selector),
  nodeSelectors: listOf(selector),
})

const declaredAdvertisement = {
  ...declared.named,
  ipAddressPools: objectName,
  ipAddressPoolSelectors: declared.selector,
  nodeSelectors: declared.selector,
}

/** MetalLB's own objects. */
export const METALLB_KINDS = {
  ipAddressPools: {
    resources: [resource('ipaddresspools', 'IPAddressPool')],
    normalise: normaliseIpAddressPool,
    schema: () => z.object({ ...named, labels, addresses: texts, autoAssign: flag }),
    redaction: {
      ...declared.named,
      labels: declared.labels,
      addresses: words,
      autoAssign: figure,
    },
  },
  addressPools: {
    resources: [custom('metallb.io', ['v1beta1', 'v1alpha1'], 'addresspools', 'AddressPool')],
    normalise: normaliseAddressPool,
    schema: () => z.object({ ...named, protocol: text, addresses: texts }),
    redaction: { ...declared.named, protocol: words, addresses: words },
  },
  l2Advertisements: {
    resources: [resource('l2advertisements', 'L2Advertisement')],
    normalise: normaliseL2Advertisement,
    schema: () =>
      z.object({
        ...advertisement(),
        interfaces: texts,
        serviceSelectors: listOf(selector),
        preferredNodeSelectors: listOf(z.object({ weight: number, selector })),
      }),
    redaction: {
      ...declaredAdvertisement,
      interfaces: declared.interfaces,
      serviceSelectors: declared.selector,
      preferredNodeSelectors: { weight: figure, selector: declared.selector },
    },
  },
  bgpAdvertisements: {
    resources: [resource('bgpadvertisements', 'BGPAdvertisement')],
    normalise: normaliseBgpAdvertisement,
    schema: () => z.object(advertisement()),
    redaction: declaredAdvertisement,
  },
  serviceL2Statuses: {
    resources: [resource('servicel2statuses', 'ServiceL2Status')],
    normalise: normaliseServiceL2Status,
    schema: () => z.object({ ...named, node: text, service: text }),
    redaction: {
      ...declared.named,
      node: nodeName,
      service: objectKey,
    },
  },
  configurationStates: {
    resources: [resource('configurationstates', 'ConfigurationState')],
    normalise: normaliseConfigurationState,
    schema: () => z.object({ ...named, node: textOrNull, component: text, result: text, error: text }),
    redaction: {
      ...declared.named,
      node: nodeName,
      component: words,
      result: oneOf('Valid', 'Invalid', 'Unknown'),
      error: words,
    },
  },
} as const satisfies OwnKinds

function resource(plural: string, kind: string): Resource {
  return custom('metallb.io', ['v1beta1'], plural, kind)
}
