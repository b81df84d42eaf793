import { z } from 'zod'
import { words } from '../../../redact/declare.js'
import { custom, type OwnKinds } from '../../kind-spec.js'
import type { Reads } from '../../reads.js'
import * as declared from '../../redact/parts.js'
import { named, texts } from '../../snapshot-parts.js'
import { normalisePureLbServiceGroup } from './normalise.js'

const KINDS = {
  pureLbServiceGroups: {
    resources: [custom('purelb.io', ['v1'], 'servicegroups', 'ServiceGroup')],
    normalise: normalisePureLbServiceGroup,
    schema: () => z.object({ ...named, pools: texts }),
    redaction: { ...declared.named, pools: words },
  },
} as const satisfies OwnKinds

/** What is read of a cluster for PureLB's sake. */
export const PURELB_READS = {
  kinds: KINDS,
  images: ['purelb', 'lbnodeagent'],
  pods: true,
  labels: { 'app.kubernetes.io/name': ['purelb'], app: ['purelb'] },
  annotations: ['purelb.io'],
  wanted: ['purelb.io/addresses'],
  words: 'purelb lbnodeagent allocator allocated servicegroup addresses announcing',
  derives: ['purelb-node-'],
} as const satisfies Reads
