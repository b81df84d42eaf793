import { z } from 'zod'
import { figure, objectName, words } from '../../../redact/declare.js'
import { custom, type OwnKinds } from '../../kind-spec.js'
import type { Reads } from '../../reads.js'
import * as declared from '../../redact/parts.js'
import { flag, text } from '../../snapshot-parts.js'
import { normaliseOpenElbEip } from './normalise.js'

const KINDS = {
  openElbEips: {
    resources: [custom('network.kubesphere.io', ['v1alpha2'], 'eips', 'Eip')],
    normalise: normaliseOpenElbEip,
    schema: () => z.object({ name: text, address: text, protocol: text, interface: text, disabled: flag }),
    redaction: {
      name: objectName,
      address: words,
      protocol: words,
      interface: declared.interfaces,
      disabled: figure,
    },
  },
} as const satisfies OwnKinds

/** What is read of a cluster for OpenELB's sake, which was called Porter. */
export const OPENELB_READS = {
  kinds: KINDS,
  images: ['openelb', 'porter'],
  pods: true,
  labels: { 'app.kubernetes.io/name': ['openelb'], app: ['openelb', 'porter'] },
  annotations: ['kubesphere.io'],
  words: 'openelb porter kubesphere layer2-eip eip',
} as const satisfies Reads
