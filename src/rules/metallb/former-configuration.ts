import { valueOr } from '../../known.js'
import { likely } from '../certainty.js'
import { listed } from '../cluster-parts.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { each, part, sh } from '../shell.js'
import { clusterSubject } from '../subject.js'
import { speakerLogs } from './any-speakers.js'

interface FormerConfiguration {
  readonly nodes: readonly string[]
}

/** What a speaker logs each time that it tries, and does not take the configuration. */
const REFUSALS = part`grep -iE "stale|config.*(error|fail|invalid)"`

export const formerConfiguration = defineRule({
  id: 'metallb/former-configuration',
  title: 'A speaker of MetalLB works on with a former configuration',
  severity: 'warning',
  needs: ['agents', 'cluster'],
  explains: ['wire/no-answer', 'wire/unexpected-responder', 'wire/duplicate-responders'],
  docs: {
    what: 'The metric metallb_k8s_client_config_stale_bool of a speaker is 1: it could not take the configuration as it is now, and goes on with the last one that it took.',
    why: 'Speakers with different configurations elect different nodes, or none, for one address; addresses of new pools are not announced.',
    confirm:
      '`kubectl -n metallb-system logs ds/speaker | grep -i stale`; the metric itself, at port 7472 or 9120 of the pod.',
    falseAlarms: 'For the seconds in which several objects of one change are applied.',
    references: ['https://metallb.io/prometheus-metrics/', 'metallb/metallb internal/k8s/k8s.go'],
  },
  *check({ agents, cluster }) {
    // ConfigurationState objects say the same with the reason: metallb/configuration-refused
    if (valueOr(cluster.configurationStates, []).some(({ result }) => result === 'Invalid')) return
    const stale = agents.filter(
      ({ announcer, staleConfiguration }) => announcer === 'metallb' && staleConfiguration === true,
    )
    if (stale.length === 0) return
    yield {
      subject: clusterSubject('metallb'),
      ...likely('the speaker itself says so; which object it refuses, the metric does not tell'),
      data: { nodes: stale.map(({ node }) => node) },
      evidence: stale.map(({ from }) => ({
        kind: 'measure',
        name: `${from}: metallb_k8s_client_config_stale_bool`,
        value: '1',
      })),
    }
  },
  message: ({ nodes }: FormerConfiguration) =>
    `The speaker on ${listed(nodes, 5)} could not take the present configuration and works on with a former one`,
  fixes: () => [
    {
      summary: 'Find the object that the speakers refuse',
      risk: 'none',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'What do they refuse?',
          run: speakerLogs(part`--tail=500`, REFUSALS),
        },
        {
          kind: 'look',
          text: 'See all pools and advertisements beside each other',
          run: each([
            sh`kubectl get ipaddresspools.metallb.io,l2advertisements.metallb.io,bgpadvertisements.metallb.io -A -o yaml`,
          ]),
        },
      ],
      verify: speakerLogs(part`--since=2m`, REFUSALS),
      undo: ONLY_LOOKS,
    },
  ],
})
