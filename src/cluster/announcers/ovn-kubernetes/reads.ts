import { z } from 'zod'
import { listOf } from '../../../first-wrong.js'
import { nodeName, objectName, words } from '../../../redact/declare.js'
import { custom, type OwnKinds } from '../../kind-spec.js'
import type { Reads } from '../../reads.js'
import { text, texts } from '../../snapshot-parts.js'
import { normaliseEgressIp } from './normalise.js'

const KINDS = {
  egressIps: {
    resources: [custom('k8s.ovn.org', ['v1'], 'egressips', 'EgressIP')],
    normalise: normaliseEgressIp,
    schema: () => z.object({ name: text, egressIPs: texts, items: listOf(z.object({ egressIP: text, node: text })) }),
    redaction: { name: objectName, egressIPs: words, items: { egressIP: words, node: nodeName } },
  },
} as const satisfies OwnKinds

/** What is read of a cluster for the sake of egress addresses; the agent of OVN-Kubernetes is read as that of a CNI. */
export const OVN_KUBERNETES_READS = {
  kinds: KINDS,
  words: 'ovn egressip egress-assignable',
} as const satisfies Reads
