import type { ConfigurationState } from '../../cluster/announcers/metallb/objects.js'
import { groupBy } from '../../cluster/group-by.js'
import { requestedAddresses } from '../../cluster/requested-addresses.js'
import { certain } from '../certainty.js'
import { listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { each, sh } from '../shell.js'
import { objectSubject } from '../subject.js'

interface Refused {
  readonly error: string
  readonly namespace: string
  readonly components: readonly string[]
  /** Addresses that Services ask for and have not got; what had its address before keeps it. */
  readonly vips: readonly string[]
}

export const configurationRefused = defineClusterRule({
  id: 'metallb/configuration-refused',
  title: 'MetalLB refuses its configuration and works on with the former one',
  severity: 'error',
  kinds: ['configurationStates', 'services'],
  explains: ['wire/no-answer', 'service/no-address'],
  docs: {
    what: 'The controller or a speaker of MetalLB reports in its ConfigurationState object that the pools and advertisements as they are now are not valid (overlapping pools, a malformed range, a name that does not exist).',
    why: 'MetalLB goes on with the last configuration that was valid: addresses of new pools are not assigned, new advertisements are not made, and after a restart of a component there may be no valid configuration at all.',
    confirm:
      '`kubectl get configurationstates.metallb.io -A -o yaml`: `.status.result` and `.status.errorSummary`; the metric `metallb_k8s_client_config_stale_bool` is 1.',
    falseAlarms: 'For the seconds between two objects of one change being applied.',
    references: ['metallb/metallb api/v1beta1 configurationstate_types.go', 'https://metallb.io/troubleshooting/'],
  },
  *checkCluster({ configurationStates, services }) {
    const refused = configurationStates.filter(({ result }) => result === 'Invalid')
    const pending = services.flatMap((service) =>
      service.ingress.some(({ ip }) => ip !== null) ? [] : requestedAddresses(service),
    )
    for (const [error, states] of groupBy(refused, (state) => state.error)) {
      const [first] = states
      if (!first) continue
      yield {
        subject: objectSubject(`ConfigurationState/${first.key}`),
        ...certain('MetalLB itself reports it'),
        data: { error, namespace: first.namespace, components: states.map(componentOf), vips: [...new Set(pending)] },
        evidence: states.map(({ key }) => objectEvidence(`ConfigurationState/${key}`, '.status.errorSummary', error)),
      }
    }
  },
  message: ({ error, components, vips }: Refused) =>
    `MetalLB (${listed(components, 3)}) refuses its configuration and works on with the former one: ${error}${vips.length > 0 ? `; waiting for an address: ${listed(vips)}` : ''}`,
  fixes: ({ namespace }) => [
    {
      summary: 'Correct the object that the message names',
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'See all pools and advertisements beside each other',
          run: sh`kubectl -n ${namespace} get ipaddresspools.metallb.io,l2advertisements.metallb.io,bgpadvertisements.metallb.io -o yaml`,
        },
        {
          kind: 'persistent',
          text: 'Change or delete the newest of the objects that contradict each other; MetalLB reads the new configuration at once',
        },
      ],
      verify: each([
        sh`kubectl -n ${namespace} get configurationstates.metallb.io -o yaml`,
        sh`kubectl get services -A`,
      ]),
      undo: 'Apply the former object again.',
    },
  ],
})

/** `controller`, `speaker on node-a`. */
function componentOf({ component, node }: ConfigurationState): string {
  return node === null ? component : `${component} on ${node}`
}
