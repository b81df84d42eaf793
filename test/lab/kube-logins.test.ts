import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiFixture, objectsOf, shippedRules, THREE_NODES } from '../cluster/api-fixture.js'
import { type Certificates, makeCertificates } from '../cluster/certificates.js'
import { type KubeUser, writeKubeconfig } from '../cluster/kubeconfig.js'
import { execute } from '../collect.js'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'

/** Every way in which a kubeconfig, or a pod, says who we are: the command line against an API server that checks it. */

const VIPS = ['10.77.0.5', '10.77.0.240', '10.77.0.241']
const folder = mkdtempSync(join(tmpdir(), 'l2d-logins-'))
const file = (name: string) => join(folder, name)
let certificates: Certificates
let api: ApiFixture

beforeAll(async () => {
  certificates = makeCertificates()
  api = new ApiFixture(shippedRules(), certificates)
  await api.start(objectsOf(THREE_NODES))
})
afterAll(async () => {
  await api.stop()
  rmSync(folder, { recursive: true })
})

async function auditAs(user: KubeUser) {
  const kubeconfig = writeKubeconfig(api.url, certificates.ca, { me: user })
  try {
    const run = await execute([...CLI, 'audit-cluster', '--kubeconfig', kubeconfig.path, '--json'])
    return { ...run, report: parseReport(run.stdout) }
  } finally {
    kubeconfig.remove()
  }
}

function script(name: string, ...lines: readonly string[]): string {
  writeFileSync(file(name), ['#!/bin/sh', ...lines].join('\n'))
  chmodSync(file(name), 0o755)
  return file(name)
}

function exec(command: string, more: object = {}): KubeUser {
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', ...more } }
}

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })

/** An id-token that says when it ends; nobody here checks its signature. */
function idToken(expiresInSeconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'none' }), part({ exp: Math.floor(Date.now() / 1000) + expiresInSeconds }), 'x'].join('.')
}

const oidc = (config: object): KubeUser => ({ 'auth-provider': { name: 'oidc', config } })

describe('logging in', () => {
  it('asks an exec plugin, with its arguments and environment', async () => {
    const command = script('plugin', `echo '${credential({ token: 'secret-token' })}' | sed "s/secret/$1$PART/"`)
    const { code, report } = await auditAs(exec(command, { args: ['sec'], env: [{ name: 'PART', value: 'ret' }] }))
    expect(report.addresses.map(({ ip }) => ip)).toEqual(VIPS)
    expect([code, report.gaps]).toEqual([0, []])
  })

  it('takes a client certificate from an exec plugin', async () => {
    const { cert, key } = certificates.client
    writeFileSync(file('pair.json'), credential({ clientCertificateData: cert, clientKeyData: key }))
    const { report } = await auditAs(exec('cat', { args: [file('pair.json')] }))
    expect([report.addresses.length, report.gaps]).toEqual([3, []])
  })

  it('reads a tokenFile, and trims it', async () => {
    writeFileSync(file('token'), 'reader-token\n')
    const { report } = await auditAs({ tokenFile: file('token') })
    expect([report.addresses.length, report.gaps]).toEqual([3, []])
  })

  it('sends an OIDC id-token that still holds', async () => {
    const token = idToken(3600)
    api.server.allow(token, 'reader')
    const { report } = await auditAs(oidc({ 'id-token': token }))
    expect([report.addresses.length, report.gaps]).toEqual([3, []])
  })
})

describe('not logging in is told once, with the next step, and exit code 3', () => {
  it.each([
    {
      what: 'an exec plugin that fails',
      user: () => exec(script('fails', 'echo "token has expired" >&2', 'echo "run: sso login" >&2', 'exit 1')),
      reason: /the credential plugin .*fails failed: token has expired; run: sso login$/,
    },
    {
      what: 'an exec plugin that fails without a word',
      user: () => exec('false'),
      reason: /the credential plugin false failed: it says nothing$/,
    },
    {
      what: 'an exec plugin that prints something else',
      user: () => exec('echo', { args: ['my-secret'] }),
      reason: /the credential plugin echo failed: what it printed is no ExecCredential$/,
    },
    {
      what: 'an exec plugin that prints a credential of nothing',
      user: () => exec('echo', { args: ['{}'] }),
      reason: /what it printed is no ExecCredential$/,
    },
    {
      what: 'an exec plugin that is not there',
      user: () => exec('no-such-plugin', { installHint: 'install it with: krew install no-such-plugin' }),
      reason: /no-such-plugin failed: .*ENOENT/,
      hint: 'your kubeconfig says of it: "install it with: krew install no-such-plugin"',
    },
    {
      what: 'an id-token that has expired without a refresh-token',
      user: () => oidc({ 'id-token': idToken(-60) }),
      reason: /auth-provider oidc of user me gave no credentials: its id-token has expired/,
      hint: /log in again/,
    },
    {
      what: 'an id-token that has expired, and an issuer that cannot be reached',
      user: () =>
        oidc({
          'id-token': idToken(-60),
          'refresh-token': 'x',
          'client-id': 'l2doctor',
          'idp-issuer-url': 'https://127.0.0.1:1',
        }),
      reason: /cannot get credentials: /,
    },
    {
      what: 'an auth-provider that the client does not know',
      user: () => ({ 'auth-provider': { name: 'openstack' } }),
      reason: /auth-provider openstack of user me gave no credentials/,
    },
    {
      what: 'a tokenFile that is not there',
      user: () => ({ tokenFile: 'none' }),
      reason: /cannot get credentials: ENOENT/,
    },
    {
      what: 'a token with a line break in it',
      user: () => ({ token: 'two\nlines' }),
      reason: /Invalid character in header/,
    },
  ])('$what', async ({ user, reason, hint = /kubectl get nodes/ }) => {
    const asked = api.server.requests.length
    const { code, report, stdout, stderr } = await auditAs(user())
    expect(report.gaps).toEqual([
      {
        subject: `API server ${api.url}`,
        reason: expect.stringMatching(reason),
        hint: expect.stringMatching(hint),
        decisive: true,
      },
    ])
    expect([code, report.verdict, report.addresses]).toEqual([3, 'inconclusive', []])
    expect(stdout + stderr).not.toContain('my-secret')
    expect(api.server.requests).toHaveLength(asked)
  })
})

describeLab('in a pod', () => {
  const HOME = '/var/run/secrets/kubernetes.io/serviceaccount'

  /** As a pod sees itself: the service account's files where they always are, and no home. */
  async function auditInPod(token: string) {
    writeFileSync(file('sa-token'), token)
    writeFileSync(file('sa-ca.crt'), certificates.ca)
    // an own tmpfs on /run, which /var/run is a link to: the machine's own stays as it is
    const mounts = [
      'mount -t tmpfs tmpfs /run',
      `mkdir -p ${HOME}`,
      `cp ${file('sa-token')} ${HOME}/token`,
      `cp ${file('sa-ca.crt')} ${HOME}/ca.crt`,
      `printf monitoring > ${HOME}/namespace`,
    ].join(' && ')
    const run = ['unshare', '-m', 'sh', '-c', `${mounts} && exec "$@"`, 'sh']
    const { hostname, port } = new URL(api.url)
    const env = [`KUBERNETES_SERVICE_HOST=${hostname}`, `KUBERNETES_SERVICE_PORT=${port}`, 'HOME=/nonexistent']
    return execute([...run, 'env', '-u', 'KUBECONFIG', ...env, ...CLI, 'audit-cluster', '--json'])
  }

  it.each(['reader-token', 'reader-token\n'])('uses the service account of the pod: %j', async (token) => {
    const { code, stdout, stderr } = await auditInPod(token)
    const report = parseReport(stdout)
    expect(
      report.addresses.map(({ ip }) => ip),
      stderr,
    ).toEqual(VIPS)
    expect([code, report.gaps]).toEqual([0, []])
    expect(api.server.requests.at(-1)?.user).toBe('reader')
  })

  it('says so when the API server does not take its token', async () => {
    const { code, stdout } = await auditInPod('stale')
    expect(parseReport(stdout)).toMatchObject({ verdict: 'inconclusive', gaps: [{ reason: 'Unauthorized (401)' }] })
    expect(code).toBe(3)
  })
})
