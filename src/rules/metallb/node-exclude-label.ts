import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { EXCLUDE_LABEL, electionRules, REASON } from '../../cluster/announcers/metallb/election.js'
import type { MetalLbInstall } from '../../cluster/announcers/metallb/install.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { describeVersion, holdsFor } from '../../cluster/announcers/version.js'
import { objectName } from '../../cluster/key.js'
import type { ClusterNode } from '../../cluster/model.js'
import { objectFix } from '../changes/object-fix.js'
import { answersOf, listed, objectEvidence, rolloutRestart } from '../cluster-parts.js'
import type { Fix } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { type HelmRelease, helmRelease, helmUpgrade, theInstall, versionCertainty } from './installs.js'

interface ExcludedNodes {
  readonly object: string
  readonly namespace: string
  readonly version: string
  readonly nodes: readonly string[]
  /** The value of the label on each of them. */
  readonly labels: readonly string[]
  /** Addresses that would have a candidate without the label; empty when none is assigned yet. */
  readonly vips: readonly string[]
  /** `--ignore-exclude-lb` exists since 0.14.4. */
  readonly canIgnore: boolean
  readonly helm: HelmRelease | null
}

export const nodeExcludeLabel = defineClusterRule({
  id: 'metallb/node-exclude-label',
  title: 'The exclude label takes every candidate away from MetalLB',
  severity: 'error',
  kinds: ['workloads', 'nodes'],
  needs: ['announcers'],
  explains: ['wire/no-answer', 'metallb/no-candidate-node'],
  docs: {
    what: `Nodes carry the label ${EXCLUDE_LABEL}. MetalLB since 0.14.2 leaves such nodes out of its election, whatever the value of the label, and here no other node remains.`,
    why: 'Addresses without a candidate are announced by nobody. Typical for clusters whose only nodes are control planes, as kubeadm, Talos and others put the label on them.',
    confirm: `\`kubectl get nodes -l ${EXCLUDE_LABEL}\`. With \`--log-level=debug\` the speakers say "speaker's node has labeled '${EXCLUDE_LABEL}'".`,
    falseAlarms:
      'None known. While at least one candidate without the label remains, nothing is reported: labelled control planes beside workers are normal.',
    references: [
      'https://metallb.io/troubleshooting/',
      'https://metallb.io/release-notes/#version-0-14-2',
      METALLB.honoursExcludeLabel.source,
      'metallb/metallb#2274',
      METALLB.canIgnoreExcludeLabel.source,
      'metallb/metallb#2285',
      'metallb/metallb-operator#490',
    ],
  },
  *checkCluster({ workloads, nodes }, { announcers }) {
    const install = theInstall(workloads)
    if (!install || install.ignoresExcludeLabel || !electionRules(install.version).checksLabel) return
    const labelled = nodes.filter(({ labels }) => labels[EXCLUDE_LABEL] !== undefined)
    if (labelled.length === 0) return
    const vips = answersOf(announcers, 'metallb')
      .filter(isExcluded)
      .map(({ ip }) => ip)
    if (vips.length === 0 && labelled.length < nodes.length) return
    yield {
      subject: objectSubject(install.object),
      ...versionCertainty(install),
      data: describe(install, labelled, vips),
      evidence: labelled.map(({ name, labels }) =>
        objectEvidence(`Node/${name}`, `.metadata.labels["${EXCLUDE_LABEL}"]`, JSON.stringify(labels[EXCLUDE_LABEL])),
      ),
    }
  },
  message: ({ version, nodes, vips }) =>
    `MetalLB ${version} announces nothing from ${listed(nodes)}, which carry the label ${EXCLUDE_LABEL}; ${vips.length === 0 ? 'no node is left' : `no candidate is left for ${listed(vips)}`}`,
  fixes: (data) => [unlabel(data), data.canIgnore ? ignoreLabel(data) : upgrade(data)],
})

/** Nobody is eligible, and at least one node is kept out by the label alone. */
function isExcluded({ candidates }: VipAnswer): boolean {
  if (candidates.some(({ eligible }) => eligible)) return false
  return candidates.some(({ because }) => because.length === 1 && because[0] === REASON.label)
}

function describe(install: MetalLbInstall, labelled: readonly ClusterNode[], vips: readonly string[]): ExcludedNodes {
  return {
    object: install.object,
    namespace: install.speaker.namespace,
    version: describeVersion(install.version),
    nodes: labelled.map(({ name }) => name),
    labels: labelled.map(({ labels }) => labels[EXCLUDE_LABEL] ?? ''),
    vips,
    canIgnore: holdsFor(install.version, METALLB.canIgnoreExcludeLabel) !== false,
    helm: helmRelease(install),
  }
}

function verification(vips: readonly string[]): string {
  return vips[0] ? sh`l2doctor scan --vip ${vips[0]}` : 'l2doctor audit-cluster'
}

function unlabel({ nodes, labels, vips }: ExcludedNodes): Fix {
  return objectFix({
    summary: 'Remove the label from the nodes that should announce',
    risk: 'none',
    text: (object) => `Make ${objectName(object).name} a candidate`,
    changes: nodes.map((name, at) => ({
      kind: 'label',
      object: `Node/${name}`,
      key: EXCLUDE_LABEL,
      value: null,
      was: labels[at] ?? '',
    })),
    sideEffects: [
      'These nodes, control planes perhaps, then receive the traffic of the VIPs.',
      'kubeadm puts the label back on control planes when they join or are upgraded.',
      `Talos puts it back unless its machine configuration has machine.nodeLabels."${EXCLUDE_LABEL}": {$patch: delete}.`,
    ],
    verify: verification(vips),
  })
}

function ignoreLabel({ helm, namespace, object, vips }: ExcludedNodes): Fix {
  const { name } = objectName(object)
  const argument = '[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--ignore-exclude-lb"}]'
  return {
    summary: 'Let MetalLB ignore the label (0.14.4 and later)',
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: helm
          ? 'Set it in the Helm release'
          : 'Add the argument to the speaker container (check that it is the first one)',
        run: helm
          ? helmUpgrade(helm, namespace, 'speaker.ignoreExcludeLB=true')
          : sh`kubectl -n ${namespace} patch daemonset ${name} --type=json -p ${argument}`,
      },
    ],
    sideEffects: [
      'The speakers restart: every VIP is announced again and may move.',
      'Control planes may receive VIP traffic.',
    ],
    verify: verification(vips),
    undo: helm
      ? helmUpgrade(helm, namespace, 'speaker.ignoreExcludeLB=false')
      : sh`kubectl -n ${namespace} rollout undo daemonset/${name}`,
  }
}

function upgrade({ version, object, vips }: ExcludedNodes): Fix {
  return {
    summary: `Upgrade MetalLB: ${version} has no option to ignore the label, 0.14.4 and later have --ignore-exclude-lb`,
    risk: 'disruptive',
    where: 'cluster',
    steps: [
      {
        kind: 'persistent',
        text: 'Upgrade as it was installed (manifest, Helm or operator), then set --ignore-exclude-lb',
      },
      { kind: 'restart', text: 'Restart the speakers where the upgrade did not', run: rolloutRestart(object) },
    ],
    sideEffects: ['The speakers restart: every VIP is announced again and may move.'],
    verify: verification(vips),
    undo: 'Install the former version again.',
  }
}
