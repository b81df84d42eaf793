import { z } from 'zod'
import { figure, objectName, words } from '../../../redact/declare.js'
import { custom, type OwnKinds } from '../../kind-spec.js'
import type { Reads } from '../../reads.js'
import { flag, text, texts } from '../../snapshot-parts.js'
import { normaliseBgpConfiguration, normaliseFelixConfiguration, normaliseIpPool } from './normalise.js'

const KINDS = {
  calicoBgpConfigurations: {
    resources: [custom('crd.projectcalico.org', ['v1'], 'bgpconfigurations', 'BGPConfiguration')],
    normalise: normaliseBgpConfiguration,
    schema: () => z.object({ name: text, loadBalancerIPs: texts, externalIPs: texts }),
    redaction: { name: objectName, loadBalancerIPs: words, externalIPs: words },
  },
  calicoFelixConfigurations: {
    resources: [custom('crd.projectcalico.org', ['v1'], 'felixconfigurations', 'FelixConfiguration')],
    normalise: normaliseFelixConfiguration,
    schema: () => z.object({ name: text, localSubnetL2Reachability: text }),
    redaction: { name: objectName, localSubnetL2Reachability: words },
  },
  calicoIpPools: {
    resources: [custom('crd.projectcalico.org', ['v1'], 'ippools', 'IPPool')],
    normalise: normaliseIpPool,
    schema: () => z.object({ name: text, cidr: text, encapsulated: flag, allowedUses: texts }),
    redaction: { name: objectName, cidr: words, encapsulated: figure, allowedUses: words },
  },
} as const satisfies OwnKinds

/** What is read of a cluster for the sake of addresses that Calico announces; its agent is read as that of a CNI. */
export const CALICO_READS = {
  kinds: KINDS,
  words:
    'calico default disabled pods podsandloadbalancers workload tunnel loadbalancer bgpconfiguration felixconfiguration ippool',
} as const satisfies Reads
