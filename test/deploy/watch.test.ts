import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Parser } from '@oclif/core'
import { Ajv } from 'ajv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { parseListen } from '../../src/cli/compose-metrics.js'
import { watchFlags } from '../../src/cli/watch-flags.js'
import { blocksOf } from '../docs/blocks.js'
import { WATCH_SCHEMAS } from './watch-schema.js'

const [BASE, OVERLAY] = ['deploy/watch/base', 'deploy/watch/prometheus-operator']
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0
if (!hasKubectl) console.warn('SKIPPED what kubectl kustomize makes of deploy/watch: no kubectl is here')

interface Found {
  readonly kind: string
  // biome-ignore lint/suspicious/noExplicitAny: as YAML has it; the schemas say what is in it
  readonly [member: string]: any
}

function objectsIn(text: string): Found[] {
  return parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS() as Found
  })
}

/** The objects of a folder, but for what kustomize reads itself. */
function objectsOf(folder: string): Found[] {
  const files = readdirSync(folder).filter((file) => file !== 'kustomization.yaml')
  return files.flatMap((file) => objectsIn(readFileSync(join(folder, file), 'utf8')))
}

const kustomize = (folder: string) =>
  objectsIn(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }))
const of = (objects: readonly Found[], kind: string): Found => objects.find((one) => one.kind === kind)!

function expectKnown(objects: readonly Found[]): void {
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true })
  for (const object of objects) {
    const schema = WATCH_SCHEMAS[object.kind]
    expect(schema, object.kind).toBeDefined()
    ajv.validate(schema!, object)
    expect(ajv.errors ?? [], object.kind).toEqual([])
  }
}

const base = objectsOf(BASE)
const pod = of(base, 'DaemonSet')['spec'].template.spec
const [container] = pod.containers

describe('deploy/watch/base', () => {
  it('has nothing but members that the API knows', () => {
    expectKnown(base)
  })

  it('runs watch with flags that there are, and listens on the address of the node, of either family', async () => {
    const [command, ...argv] = container.args
    expect(command).toBe('watch')
    const { flags } = await Parser.parse(argv, { flags: watchFlags })
    expect([flags.kube, flags.probe, flags.events]).toEqual([true, 'leader', true])
    const history = container.volumeMounts.find(({ name }: { name: string }) => name === 'history')
    expect(flags.history).toBe(`${history.mountPath}/history.jsonl`)
    const [host] = container.env
    expect(host).toEqual({ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } })
    for (const ip of ['10.0.0.11', 'fd00::11'])
      expect(parseListen(flags.listen?.replace('$(HOST_IP)', ip) ?? '')).toEqual({ host: ip, port: 9797 })
    expect(container.ports).toMatchObject([{ name: 'metrics', containerPort: 9797 }])
  })

  it('is uid 0 with NET_RAW and nothing else, on the network of its node', () => {
    expect(container.securityContext).toEqual({
      runAsUser: 0,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
    })
    expect(pod).toMatchObject({ hostNetwork: true })
    expect([pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined])
  })

  it('writes to the volume of its history and to /tmp alone', () => {
    const writable = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly)
    expect(writable.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(['/var/lib/l2doctor', '/tmp'])
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name)
    expect(pod.volumes.map(({ name }: { name: string }) => name)).toEqual(mounted)
  })

  it('is asked whether it lives by a path that is served', () => {
    for (const probe of [container.livenessProbe, container.readinessProbe])
      expect(probe.httpGet).toEqual({ path: '/healthz', port: 'metrics' })
    expect(readFileSync('src/cli/compose-metrics.ts', 'utf8')).toContain("['/healthz'")
  })

  it('may read what a watch reads, write Events and the Leases of its own namespace, and nothing else', () => {
    const account = of(base, 'ServiceAccount')['metadata']
    expect(pod.serviceAccountName).toBe(account.name)
    const granted = ['deploy/rbac.yaml', 'deploy/rbac-watch.yaml'].flatMap((file) =>
      objectsIn(readFileSync(file, 'utf8')),
    )
    for (const kind of ['ClusterRole', 'Role']) {
      const [role, binding] = [of(base, kind), of(base, `${kind}Binding`)]
      expect(binding['subjects']).toEqual([{ kind: 'ServiceAccount', ...account }])
      expect(binding['roleRef']).toMatchObject({ kind, name: role['metadata'].name })
      expect(role['rules']).toEqual(granted.filter((one) => one.kind === kind).flatMap(({ rules }) => rules))
    }
    expect([of(base, 'Role'), of(base, 'RoleBinding')].map(({ metadata }) => metadata.namespace)).toEqual([
      account.namespace,
      account.namespace,
    ])
  })
})

describe('deploy/watch/prometheus-operator', () => {
  const objects = objectsOf(OVERLAY)

  it('has nothing but members that the operator knows', () => {
    expectKnown(objects)
  })

  it('scrapes the pods of the base by a port that they have, as the job that the alerts name', () => {
    const { spec } = of(objects, 'PodMonitor')
    const { labels } = of(base, 'DaemonSet')['spec'].template.metadata
    expect(labels).toMatchObject(spec.selector.matchLabels)
    expect(labels[spec.jobLabel]).toBe('l2doctor')
    expect(spec.podMetricsEndpoints[0].port).toBe(container.ports[0].name)
  })
})

describe.runIf(hasKubectl)('kubectl kustomize', () => {
  const kinds = ['ClusterRole', 'ClusterRoleBinding', 'DaemonSet', 'Namespace', 'Role', 'RoleBinding', 'ServiceAccount']

  it.each([
    [BASE, kinds],
    [OVERLAY, [...kinds, 'PodMonitor', 'PrometheusRule']],
  ])('builds %s', (folder, expected) => {
    const built = kustomize(folder)
    expectKnown(built)
    expect(built.map(({ kind }) => kind).sort()).toEqual([...expected].sort())
    const spec = of(built, 'DaemonSet')['spec'].template.spec
    expect(spec.containers[0].image).toBe('registry.example/l2doctor:0.1.0')
  })

  it("builds what the guide writes: the reader's own image", () => {
    const [block] = blocksOf('docs/guides/watch.md').filter(({ language }) => language === 'yaml')
    const folder = mkdtempSync(join(tmpdir(), 'l2d-kustomize-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    cpSync('deploy', join(folder, 'deploy'), { recursive: true })
    const own = join(folder, 'my-watch')
    mkdirSync(own)
    writeFileSync(join(own, 'kustomization.yaml'), block?.text ?? '')
    const built = kustomize(own)
    expectKnown(built)
    const [{ image }] = of(built, 'DaemonSet')['spec'].template.spec.containers
    expect(image).toBe('registry.example/team/l2doctor:0.1.0')
  })
})
