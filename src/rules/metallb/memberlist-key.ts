import type { MetalLbInstall } from '../../cluster/announcers/metallb/install.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor, imageVersion, spanOf } from '../../cluster/announcers/version.js'
import { objectName } from '../../cluster/key.js'
import type { Pod } from '../../cluster/model-workloads.js'
import { type Confidence, possible } from '../certainty.js'
import { clusterFix, objectEvidence, rolloutRestart } from '../cluster-parts.js'
import type { Problem } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { inTurn, sh } from '../shell.js'
import { objectSubject } from '../subject.js'
import { theInstall, versionCertainty } from './installs.js'

type Fault = 'mixed-versions' | 'variable-not-read'

interface KeyFault {
  readonly object: string
  readonly fault: Fault
  readonly detail: string
}

const ROLLOUT = 'a rollout may be under way, and that speakers lost each other was not seen'

const SAYS: Record<Fault, string> = {
  'mixed-versions':
    'speakers before and since 0.14.2 run side by side and use different key lengths, so they may not understand each other until the rollout is complete',
  'variable-not-read': 'the key is given in a variable that this version does not read, so memberlist runs unencrypted',
}

export const memberlistKey = defineClusterRule({
  id: 'metallb/memberlist-key',
  title: 'The speakers use different memberlist keys',
  severity: 'warning',
  kinds: ['workloads', 'pods'],
  explains: ['wire/duplicate-responders', 'wire/flip-flop', 'wire/conflicting-claims'],
  docs: {
    what: 'The key that encrypts memberlist is given in a way that the running version does not read, or speakers of versions with different key lengths (AES-128 before 0.14.2, AES-256 since) run at the same time.',
    why: 'Speakers that cannot decrypt each other form groups, and each group elects an announcer of its own: two nodes answer for one address. Without any key memberlist still works, unencrypted.',
    confirm: 'The speakers log "No installed keys could decrypt the message".',
    falseAlarms:
      'That mixed versions split the group follows from the code and has not been reported; a rollout that ends soon ends it.',
    references: ['metallb/metallb#2140', 'metallb/metallb internal/speakerlist', 'https://metallb.io/installation/'],
  },
  *checkCluster({ workloads, pods }) {
    const install = theInstall(workloads)
    if (!install?.memberlist) return
    const mixed = mixedVersions(install, pods)
    if (mixed) {
      const evidence = mixed.map(({ pod, image }) => objectEvidence(`Pod/${pod}`, '.spec.containers[].image', image))
      const detail = mixed.map(({ image }) => image).join(', ')
      yield { ...problem(install, 'mixed-versions', detail), ...possible(ROLLOUT), evidence }
    }
    const unread = unreadVariable(install)
    if (unread) {
      const evidence = [objectEvidence(install.object, '.spec.template.spec.containers[].env[].name', unread)]
      yield {
        ...problem(install, 'variable-not-read', unread),
        ...versionCertainty(install),
        severity: 'info',
        evidence,
      }
    }
  },
  message: ({ fault, detail }) => `${SAYS[fault]} (${detail})`,
  fixes: ({ object, fault }) => {
    const { kind, namespace, name } = objectName(object)
    return [
      fault === 'mixed-versions'
        ? clusterFix({
            summary: 'Finish the rollout, then restart all speakers',
            risk: 'disruptive',
            text: 'Restart them so that all use one version and one key',
            run: inTurn([
              rolloutRestart(object),
              sh`kubectl -n ${namespace} rollout status ${kind.toLowerCase()}/${name}`,
            ]),
            sideEffects: ['Every VIP is announced again and may move.'],
            verify: 'l2doctor audit-cluster',
            undo: 'No changes to undo: a restart keeps the configuration.',
          })
        : clusterFix({
            summary:
              'Give the key as the version reads it: METALLB_ML_SECRET_KEY up to 0.13.8, METALLB_ML_SECRET_KEY_PATH since 0.13.9',
            risk: 'disruptive',
            text: 'Apply the release manifest of the running version, or edit the DaemonSet',
            run: sh`kubectl -n ${namespace} edit daemonset ${name}`,
            sideEffects: ['The speakers restart: every VIP is announced again and may move.'],
            verify: sh`kubectl -n ${namespace} logs daemonset/${name} | grep -i "no ml-secret-key"`,
            undo: sh`kubectl -n ${namespace} rollout undo daemonset/${name}`,
          }),
    ]
  },
})

function problem(
  { object }: MetalLbInstall,
  fault: Fault,
  detail: string,
): Omit<Problem<KeyFault>, keyof Confidence | 'evidence'> {
  return { subject: objectSubject(object), data: { object, fault, detail } }
}

/** One speaker pod of either key length, when both run; null otherwise. */
function mixedVersions({ speaker }: MetalLbInstall, pods: readonly Pod[]): { pod: string; image: string }[] | null {
  const podOf = new Map<string, string>()
  for (const { key, namespace, owner, images } of pods) {
    if (namespace !== speaker.namespace || owner?.name !== speaker.name) continue
    for (const image of images) if (!podOf.has(image)) podOf.set(image, key)
  }
  const running = [...podOf].flatMap(([image, pod]) =>
    /speaker/.test(image) && imageVersion(image) ? [{ pod, image }] : [],
  )
  const isNew = ({ image }: { image: string }): boolean =>
    holdsFor(spanOf(imageVersion(image)), METALLB.encryptsWithAes256) === true
  const [newer, older] = [running.find(isNew), running.find((one) => !isNew(one))]
  return newer && older ? [older, newer] : null
}

/** The variable in which the key is given, when the version does not read it; null when all is well or unknown. */
function unreadVariable({ container, version }: MetalLbInstall): string | null {
  const has = (name: string): boolean => container.env.some((one) => one.name === name)
  const [old, path] = ['METALLB_ML_SECRET_KEY', 'METALLB_ML_SECRET_KEY_PATH']
  const readsPath = holdsFor(version, METALLB.readsKeyFromFile)
  if (readsPath === true && has(old) && !has(path)) return old
  if (readsPath === false && has(path) && !has(old)) return path
  return null
}
