import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Parser } from '@oclif/core'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, parse as parseYaml } from 'yaml'
import Check from '../../commands/check.js'
import { parseCheckFile } from '../../src/check/parse-check-file.js'
import { checkFlags } from '../../src/cli/check-flags.js'
import { reportFlags } from '../../src/cli/flags.js'

const read = (file: string) => readFileSync(file, 'utf8')
const FLAGS = { ...reportFlags, ...checkFlags }

/** The objects of a manifest; strict YAML, so that a doubled key is an error. */
function objectsOf(file: string) {
  const documents = parseAllDocuments(read(file), { strict: true, uniqueKeys: true })
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
    return document.toJS()
  })
}

const manifest = objectsOf('deploy/check-job.yaml')
const kind = (wanted: string) => manifest.find((object) => object.kind === wanted)
const job = kind('Job').spec.template.spec
const [container] = job.containers

describe('deploy/check-job.yaml', () => {
  it('runs check with flags that there are', async () => {
    const [command, ...argv] = container.args
    expect(command).toBe(Check.id ?? 'check')
    const { flags } = await Parser.parse(argv, { flags: FLAGS })
    const mount = container.volumeMounts.find(({ name }: { name: string }) => name === 'check')
    expect(flags.file).toBe(`${mount.mountPath}/${Object.keys(kind('ConfigMap').data)[0]}`)
  })

  it('has a check file that check accepts', () => {
    expect(parseCheckFile(Object.values(kind('ConfigMap').data)[0] as string)).toMatchObject({ ok: true })
  })

  it('holds NET_RAW and nothing else, on the network of its node', () => {
    expect(container.securityContext).toEqual({
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
    })
    expect(job).toMatchObject({ hostNetwork: true, restartPolicy: 'Never' })
    expect([job.hostPID, job.hostIPC, container.securityContext.privileged]).toEqual([undefined, undefined, undefined])
  })

  it('can write to /tmp alone', () => {
    const volumes = Object.fromEntries(job.volumes.map((volume: { name: string }) => [volume.name, volume]))
    const writable = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly)
    expect(writable).toEqual([{ name: 'tmp', mountPath: '/tmp' }])
    expect(volumes.tmp.emptyDir).toEqual({})
  })

  it('is bound to the role of deploy/rbac.yaml, by the account of its pod', () => {
    const [role] = objectsOf('deploy/rbac.yaml')
    const binding = kind('ClusterRoleBinding')
    expect(binding.roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: role.kind,
      name: role.metadata.name,
    })
    const { name, namespace } = kind('ServiceAccount').metadata
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name, namespace }])
    expect(job.serviceAccountName).toBe(name)
    for (const { verbs } of role.rules) expect(verbs).toEqual(['list'])
  })

  it('keeps all that is namespaced in its own namespace', () => {
    const { name } = kind('Namespace').metadata
    const namespaced = manifest.filter((object) => !['Namespace', 'ClusterRoleBinding'].includes(object.kind))
    expect(namespaced.map((object) => object.metadata.namespace)).toEqual(namespaced.map(() => name))
  })
})

describe('deploy/vantage.yaml', () => {
  const [namespace, role] = objectsOf('deploy/vantage.yaml')

  it('grants what pods to look from need in one namespace, and no exec, attach or Secret', () => {
    expect(role).toMatchObject({ kind: 'Role', metadata: { namespace: namespace.metadata.name } })
    expect(role.rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    ])
  })

  it('makes a namespace that admits them', () => {
    expect(namespace.metadata.labels).toEqual({ 'pod-security.kubernetes.io/enforce': 'privileged' })
  })
})

describe('action.yml', () => {
  const action = parseYaml(read('action.yml'), { strict: true })
  const script: string = action.runs.steps.find(({ name }: { name: string }) => name === 'Check').run

  it('is a composite action whose every step names its shell', () => {
    expect(action.runs.using).toBe('composite')
    for (const step of action.runs.steps) expect(step.shell).toBe('bash')
  })

  it('gives its inputs to the shell by the environment, never as text of the script', () => {
    for (const step of action.runs.steps) expect(step.run).not.toContain('${{')
    const used = JSON.stringify(action.runs.steps.map(({ env }: { env: object }) => env))
    for (const input of Object.keys(action.inputs)) expect(used).toContain(`inputs.${input} `)
  })

  it.each([
    [
      'all inputs',
      { WAIT: '2m', JUNIT: 'x.xml', INPUT_KUBECONFIG: '/k' },
      { wait: '2m', output: ['github', 'junit=x.xml'] },
    ],
    ['none', { WAIT: '', JUNIT: '', INPUT_KUBECONFIG: '' }, { output: ['github'] }],
  ])('runs check with flags that there are, given %s', async (_, inputs, expected) => {
    const [command, ...argv] = runScript({ CONFIG: 'my checks.yaml', ...inputs })
    expect(command).toBe('check')
    const { flags } = await Parser.parse(argv, { flags: FLAGS })
    expect(flags).toMatchObject({ file: 'my checks.yaml', ...expected })
  })

  // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
  const SHOWN = '${KUBECONFIG:-}'

  it("hands on the kubeconfig: the input, else the runner's own", () => {
    const kubeconfig = (env: NodeJS.ProcessEnv) => runScript({ CONFIG: 'c', WAIT: '', JUNIT: '', ...env }, SHOWN)
    expect(kubeconfig({ INPUT_KUBECONFIG: '/given', KUBECONFIG: '/runner' })).toEqual(['/given'])
    expect(kubeconfig({ INPUT_KUBECONFIG: '', KUBECONFIG: '/runner' })).toEqual(['/runner'])
    expect(kubeconfig({ INPUT_KUBECONFIG: '', KUBECONFIG: '' })).toEqual([''])
  })

  /** What the step gives to l2doctor, one argument a line; `sudo`, `setpriv` and `env` are some that only take their own options away. */
  function runScript(env: NodeJS.ProcessEnv, shown = '$@'): string[] {
    const sudo =
      'id() { echo 4711; }; sudo() { shift; "$@"; }; setpriv() { while [ "$1" != env ]; do shift; done; "$@"; }; env() { shift 2; "$@"; }'
    const l2doctor = `l2doctor() { printf '%s\\n' "${shown}"; }`
    const text = execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', [sudo, l2doctor, script].join('\n')], {
      env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env },
      encoding: 'utf8',
    })
    return text.trimEnd().split('\n')
  }
})

describe.each(['action.yml', 'docs/guides/ci.md', 'README.md', 'Dockerfile'])('%s', (file) => {
  it("never installs by a name of the registry, which is nobody's", () => {
    const lines = read(file).match(/npm (?:install|i) .*(?:-g|--global).*/g) ?? []
    expect(lines.filter((line) => !/\.tgz|realpath/.test(line))).toEqual([])
    expect(read(file)).not.toMatch(/\bnpx l2doctor/)
  })
})

describe('docs/guides/ci.md', () => {
  const blocks = [...read('docs/guides/ci.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

  it('shows a check file that check accepts', () => {
    expect(parseCheckFile(blocks[0] ?? '')).toMatchObject({ ok: true })
  })

  it('shows YAML only', () => {
    for (const text of blocks) expect(() => parseYaml(text, { strict: true })).not.toThrow()
  })
})
