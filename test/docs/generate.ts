/** `npm run docs`: writes docs/rules, the schemas and deploy/rbac.yaml again, and takes away pages of rules that are gone. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { docsPages } from './pages.js'
import { rbacManifest } from './rbac.js'

const pages = docsPages()
rmSync('docs/rules', { recursive: true, force: true })
for (const [path, text] of pages) {
  const file = join('docs', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
writeFileSync('deploy/rbac.yaml', rbacManifest())
