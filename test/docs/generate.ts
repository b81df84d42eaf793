/** `npm run docs`: writes docs/rules, the schemas and what is generated in deploy/ again, and takes away pages of rules that are gone. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { prometheusRule, rulesFile } from './alerts.js'
import { docsPages } from './pages.js'
import { daemonSetRbacManifest, rbacManifest, watchRbacManifest } from './rbac.js'

const pages = docsPages()
rmSync('docs/rules', { recursive: true, force: true })
for (const [path, text] of pages) {
  const file = join('docs', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
writeFileSync('deploy/rbac.yaml', rbacManifest())
writeFileSync('deploy/watch/rules.yaml', rulesFile())
writeFileSync('deploy/watch/prometheus-operator/prometheusrule.yaml', prometheusRule())
writeFileSync('deploy/rbac-watch.yaml', watchRbacManifest())
writeFileSync('deploy/watch/base/rbac.yaml', daemonSetRbacManifest())
