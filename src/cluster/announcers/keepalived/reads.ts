import { z } from 'zod'
import { custom, type OwnKinds } from '../../kind-spec.js'
import type { Reads } from '../../reads.js'
import * as declared from '../../redact/parts.js'
import { labels, named, text } from '../../snapshot-parts.js'
import { normaliseKeepalivedGroup } from './normalise.js'

const KINDS = {
  keepalivedGroups: {
    resources: [custom('redhatcop.redhat.io', ['v1alpha1'], 'keepalivedgroups', 'KeepalivedGroup')],
    normalise: normaliseKeepalivedGroup,
    schema: () => z.object({ ...named, interface: text, nodeSelector: labels }),
    redaction: { ...declared.named, interface: declared.interfaces, nodeSelector: declared.labels },
  },
} as const satisfies OwnKinds

/** What is read of a cluster for keepalived's sake: its operator's groups, and the variables of osixia/keepalived. */
export const KEEPALIVED_READS = {
  kinds: KINDS,
  images: ['keepalived'],
  pods: true,
  labels: { 'app.kubernetes.io/name': ['keepalived'], app: ['keepalived'], 'k8s-app': ['kube-keepalived'] },
  variables: ['KEEPALIVED_VIRTUAL_IPS', 'KEEPALIVED_INTERFACE'],
  annotations: ['keepalived-operator.redhat-cop.io'],
  words: `keepalived keepalivedgroup keepalived-operator redhat-cop redhatcop osixia kube-keepalived ipfailover
    keepalived_virtual_ips keepalived_interface python2bash`,
} as const satisfies Reads
