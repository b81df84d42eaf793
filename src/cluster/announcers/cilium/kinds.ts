import { z } from 'zod'
import { listOf } from '../../../first-wrong.js'
import { figure, objectName, words } from '../../../redact/declare.js'
import { custom, type OwnKinds } from '../../kind-spec.js'
import * as declared from '../../redact/parts.js'
import { condition, flag, selector, text, textOrNull, texts } from '../../snapshot-parts.js'
import { normaliseCiliumL2Policy, normaliseCiliumPool } from './normalise.js'

/** Cilium's own objects. */
export const CILIUM_KINDS = {
  ciliumL2Policies: {
    resources: [custom('cilium.io', ['v2alpha1'], 'ciliuml2announcementpolicies', 'CiliumL2AnnouncementPolicy')],
    normalise: normaliseCiliumL2Policy,
    schema: () =>
      z.object({
        name: text,
        serviceSelector: selector.nullable(),
        nodeSelector: selector.nullable(),
        interfaces: texts,
        externalIPs: flag,
        loadBalancerIPs: flag,
        conditions: listOf(condition),
      }),
    redaction: {
      name: objectName,
      serviceSelector: declared.selector,
      nodeSelector: declared.selector,
      interfaces: declared.interfaces,
      externalIPs: figure,
      loadBalancerIPs: figure,
      conditions: declared.condition,
    },
  },
  ciliumPools: {
    resources: [custom('cilium.io', ['v2', 'v2alpha1'], 'ciliumloadbalancerippools', 'CiliumLoadBalancerIPPool')],
    normalise: normaliseCiliumPool,
    schema: () =>
      z.object({
        name: text,
        blocks: listOf(z.object({ cidr: textOrNull, start: textOrNull, stop: textOrNull })),
      }),
    redaction: {
      name: objectName,
      blocks: { cidr: words, start: words, stop: words },
    },
  },
} as const satisfies OwnKinds
