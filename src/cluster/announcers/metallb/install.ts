import { type Known, mapKnown } from '../../../known.js'
import type { ClusterSnapshot, Service } from '../../model.js'
import type { Container, Workload } from '../../model-workloads.js'
import { exactly, type VersionSpan, workloadVersion } from '../version.js'

/** One installation of MetalLB, read from its speaker DaemonSet and controller Deployment. */
export interface MetalLbInstall {
  readonly speaker: Workload
  readonly container: Container
  /** In the speaker's namespace; null when there is none. */
  readonly controller: Workload | null
  readonly version: VersionSpan
  /** `DaemonSet/metallb-system/speaker`. */
  readonly object: string
  /** Fast dead-node detection; both a bind address and labels must be given (internal/speakerlist). */
  readonly memberlist: boolean
  /** TCP and UDP port of memberlist. */
  readonly memberlistPort: number
  readonly ignoresExcludeLabel: boolean
  /** `--lb-class`: the only class it serves; null serves Services without a class. */
  readonly loadBalancerClass: string | null
  /** Name of the ConfigMap of versions before 0.13; null when it reads custom resources. */
  readonly configMap: string | null
}

/** Every MetalLB in the cluster; more than one is a fault of its own. */
export function findMetalLb(cluster: Pick<ClusterSnapshot, 'workloads'>): Known<readonly MetalLbInstall[]> {
  return mapKnown(cluster.workloads, metalLbInstalls)
}

export function metalLbInstalls(workloads: readonly Workload[]): readonly MetalLbInstall[] {
  return workloads.flatMap((speaker) => {
    const container = speaker.kind === 'DaemonSet' ? speaker.containers.find(isSpeaker) : undefined
    return container ? [readInstall(speaker, container, workloads)] : []
  })
}

/** Whether a Service is this installation's to serve. */
export function servesService({ loadBalancerClass }: MetalLbInstall, service: Service): boolean {
  return service.type === 'LoadBalancer' && service.loadBalancerClass === loadBalancerClass
}

function isSpeaker({ image, env, name }: Container): boolean {
  if (/metallb[/-]speaker/.test(image)) return true
  return name === 'speaker' && env.some((one) => one.name === 'METALLB_NODE_NAME')
}

function readInstall(speaker: Workload, container: Container, workloads: readonly Workload[]): MetalLbInstall {
  const version = workloadVersion(speaker, container)
  const port = setting(container, 'METALLB_ML_BIND_PORT', 'ml-bindport')
  return {
    speaker,
    container,
    controller: workloads.find((one) => isController(one, speaker.namespace)) ?? null,
    version: version && isMetalLbs(version) ? exactly(version) : boundsOf(container),
    object: `DaemonSet/${speaker.key}`,
    memberlist:
      isGiven(container, 'METALLB_ML_BIND_ADDR', 'ml-bindaddr') && isGiven(container, 'METALLB_ML_LABELS', 'ml-labels'),
    memberlistPort: Number(port) || 7946,
    ignoresExcludeLabel: ['', 'true'].includes(flag(container, 'ignore-exclude-lb') ?? 'false'),
    loadBalancerClass: flag(container, 'lb-class') || null,
    configMap: flag(container, 'config'),
  }
}

function isController({ kind, namespace, containers }: Workload, home: string): boolean {
  if (kind !== 'Deployment' || namespace !== home) return false
  return containers.some(
    ({ image, env }) => /metallb[/-]controller/.test(image) || env.some(({ name }) => name === 'METALLB_DEPLOYMENT'),
  )
}

/** A distribution tags its builds with its own version (`openshift4/metallb-rhel9:v4.16.0`); MetalLB's all begin with 0. */
function isMetalLbs(version: string): boolean {
  return version.startsWith('0.')
}

/** What arguments and environment give away: `--config` was read up to 0.12, the key became a path in 0.13.9. */
function boundsOf(container: Container): VersionSpan {
  const has = (name: string): boolean => container.env.some((one) => one.name === name)
  if (flag(container, 'config') !== null) return { exact: null, from: null, below: '0.13.0' }
  if (has('METALLB_ML_SECRET_KEY_PATH')) return { exact: null, from: '0.13.9', below: null }
  if (has('METALLB_ML_SECRET_KEY')) return { exact: null, from: null, below: '0.13.9' }
  return { exact: null, from: null, below: null }
}

/** The value of `--name=value` or `--name value`; an empty text for a bare `--name`; null when absent. */
function flag({ args }: Container, name: string): string | null {
  for (const [index, arg] of args.entries()) {
    const match = /^--?([\w-]+)(?:=(.*))?$/.exec(arg)
    if (match?.[1] !== name) continue
    const next = args[index + 1]
    return match[2] ?? (next !== undefined && !next.startsWith('-') ? next : '')
  }
  return null
}

function setting(container: Container, env: string, argument: string): string | null {
  return flag(container, argument) ?? container.env.find(({ name }) => name === env)?.value ?? null
}

function isGiven(container: Container, env: string, argument: string): boolean {
  const variable = container.env.find(({ name }) => name === env)
  return Boolean(flag(container, argument) || variable?.value || variable?.from)
}
