import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { daemonSetNodes } from '../../cluster/announcers/daemonset-nodes.js'
import { electionRules, REASON } from '../../cluster/announcers/metallb/election.js'
import { describeVersion } from '../../cluster/announcers/version.js'
import { answersOf, listed, objectEvidence } from '../cluster-parts.js'
import type { Fix, Severity } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { type HelmRelease, helmRelease, helmUpgrade, theInstall, versionCertainty } from './installs.js'

type Effect = 'nothing-announced' | 'cluster-policy-not-announced' | 'silent-winners' | 'slow-failover'

interface MemberlistDisabled {
  readonly namespace: string
  readonly version: string
  readonly effect: Effect
  /** The addresses that are dead because of it. */
  readonly vips: readonly string[]
  /** Nodes that can win an election although no speaker runs there. */
  readonly withoutSpeaker: readonly string[]
  readonly helm: HelmRelease | null
}

const SAYS: Record<Effect, string> = {
  'nothing-announced': 'this version then announces nothing at all (0.13.0 to 0.14.9; fixed in 0.15.0)',
  'cluster-policy-not-announced':
    'this version then announces no Service of externalTrafficPolicy Cluster (0.11 and 0.12)',
  'silent-winners': 'nodes without a speaker win elections, and nobody answers for what they win',
  'slow-failover': 'speakers do not notice when another node dies',
}

export const memberlistDisabled = defineClusterRule({
  id: 'metallb/memberlist-disabled',
  title: 'MetalLB runs without memberlist',
  severity: 'warning',
  kinds: ['workloads', 'nodes'],
  needs: ['announcers'],
  explains: ['wire/no-answer', 'metallb/no-candidate-node'],
  docs: {
    what: 'The speakers have no METALLB_ML_BIND_ADDR or no METALLB_ML_LABELS, so that memberlist, their fast detection of dead nodes, is off.',
    why: 'What that does depends on the version. Up to 0.10.3: nothing but slow failover. 0.11 and 0.12: Services of externalTrafficPolicy Cluster are announced by nobody. 0.13.0 to 0.14.9: nothing is announced. Since 0.15.0 every node counts as a candidate, so that one without a speaker can win and stay silent, and a dead node keeps its addresses.',
    confirm:
      'The speakers log at start "not starting fast dead node detection (memberlist), need ml-bindaddr / ml-labels config".',
    falseAlarms:
      'With a single node, or where failover does not matter, 0.15.0 and later work well without memberlist.',
    references: [
      'metallb/metallb#2425',
      'metallb/metallb#2549',
      'metallb/metallb#3116',
      'metallb/metallb internal/speakerlist',
    ],
  },
  *checkCluster({ workloads, nodes }, { announcers }) {
    const install = theInstall(workloads)
    if (!install || install.memberlist) return
    const answers = answersOf(announcers, 'metallb')
    const speakers = daemonSetNodes(install.speaker, nodes, null)
    const withoutSpeaker = nodes.flatMap(({ name }) => (speakers.has(name) ? [] : [name]))
    const { effect, vips } = effectOf(electionRules(install.version).withoutMemberlist, answers, withoutSpeaker)
    yield {
      subject: objectSubject(install.object),
      ...versionCertainty(install),
      severity: severityOf(effect, vips),
      data: {
        namespace: install.speaker.namespace,
        version: describeVersion(install.version),
        effect,
        vips,
        withoutSpeaker,
        helm: helmRelease(install),
      },
      evidence: [
        objectEvidence(
          install.object,
          '.spec.template.spec.containers[].env[].name',
          install.container.env.map(({ name }) => name).join(', ') || 'none',
        ),
      ],
    }
  },
  message: ({ version, effect, vips }) =>
    `memberlist is disabled in MetalLB ${version}: ${SAYS[effect]}${vips.length > 0 ? `; silent: ${listed(vips)}` : ''}`,
  fixes: (data) => [enable(data)],
})

function effectOf(
  without: 'no-filter' | 'local-only' | 'nobody' | 'all-nodes',
  answers: readonly VipAnswer[],
  withoutSpeaker: readonly string[],
): { effect: Effect; vips: readonly string[] } {
  const barred = answers.filter(({ candidates }) =>
    candidates.some(({ because }) => because.includes(REASON.memberlist)),
  )
  if (without === 'nobody') return { effect: 'nothing-announced', vips: barred.map(({ ip }) => ip) }
  if (without === 'local-only') return { effect: 'cluster-policy-not-announced', vips: barred.map(({ ip }) => ip) }
  const silent = answers.filter(({ expected }) =>
    expected.some(({ from, node }) => from === 'election' && withoutSpeaker.includes(node)),
  )
  if (without === 'all-nodes' && silent.length > 0)
    return { effect: 'silent-winners', vips: silent.map(({ ip }) => ip) }
  return { effect: 'slow-failover', vips: [] }
}

function severityOf(effect: Effect, vips: readonly string[]): Severity {
  if (effect === 'nothing-announced') return 'error'
  return vips.length > 0 ? 'error' : 'warning'
}

function enable({ helm, namespace, vips }: MemberlistDisabled): Fix {
  return {
    summary: 'Enable memberlist',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      helm
        ? {
            kind: 'persistent',
            text: 'Enable it in the Helm release',
            run: helmUpgrade(helm, namespace, 'speaker.memberlist.enabled=true'),
          }
        : {
            kind: 'persistent',
            text: 'Apply the release manifest of your version: it sets METALLB_ML_BIND_ADDR and METALLB_ML_LABELS on the speaker and mounts the Secret memberlist',
          },
      { kind: 'persistent', text: 'Let TCP and UDP port 7946 pass between all nodes' },
      { kind: 'persistent', text: 'If it must stay off: run 0.15.0 or later, with a speaker on every node' },
    ],
    sideEffects: ['The speakers restart: every VIP is announced again and may move.'],
    verify: vips[0]
      ? sh`l2doctor scan --vip ${vips[0]}`
      : sh`kubectl -n ${namespace} logs daemonset/speaker | grep -i memberlist`,
    undo: helm
      ? helmUpgrade(helm, namespace, 'speaker.memberlist.enabled=false')
      : 'Take the two variables off the speaker DaemonSet.',
  }
}
