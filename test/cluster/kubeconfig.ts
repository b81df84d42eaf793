import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A user entry of a kubeconfig: `{token}`, `{client-certificate-data, client-key-data}` or `{exec}`. */
export type KubeUser = Readonly<Record<string, unknown>>

/** A kubeconfig file with one context a user, the first of them current. */
export function writeKubeconfig(server: string, ca: string, users: Readonly<Record<string, KubeUser>>) {
  const dir = mkdtempSync(join(tmpdir(), 'l2d-kube-'))
  const path = join(dir, 'config')
  const names = Object.keys(users)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    contexts: names.map((name) => ({ name, context: { cluster: 'test', user: name } })),
    users: names.map((name) => ({ name, user: users[name] })),
  }
  writeFileSync(path, JSON.stringify(config))
  return { path, remove: () => rmSync(dir, { recursive: true }) }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
