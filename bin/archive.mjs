#!/usr/bin/env node
// `npm run archive`: dist/archive/l2doctor-VERSION-linux-ARCH.tar.gz, each with a Node of its own, so that it runs where neither Node nor
// anything to build with is; beside them SHA256SUMS and the manifest of a krew plugin. Run it after a build.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { nodeFolder } from './nodes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/archive')
const { version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const NODE = 24
/** Node's names of the processors, and Go's, which krew goes by. */
const PROCESSORS = { x64: 'amd64', arm64: 'arm64' }
/** Where the archives can be fetched from, which only who publishes them knows. */
const url = process.env.L2DOCTOR_ARCHIVE_URL ?? `https://example.invalid/l2doctor/v${version}`

/** Starts our Node; by the name it is called with it knows whether it is kubectl's plugin. run.js begins as a shell script. */
const LAUNCHER = `#!/bin/sh
self=$(readlink -f -- "$0")
root=\${self%/*/*}
case \${0##*/} in kubectl-*) name=kubectl-l2doctor ;; *) name=run.js ;; esac
PATH=$root/node/bin:$PATH
export PATH
exec sh "$root/lib/bin/$name" "$@"
`

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const packed = packedFiles()
const archives = Object.keys(PROCESSORS).map((arch) => ({ arch, ...archive(arch) }))
writeFileSync(join(out, 'SHA256SUMS'), archives.map(({ sha256, file }) => `${sha256}  ${file}\n`).join(''))
writeFileSync(join(out, 'l2doctor.yaml'), stringify(krewManifest()))
rmSync(packed, { recursive: true })
for (const { file } of archives) console.log(join('dist/archive', file))

/** What `npm pack` ships, and the one package that it needs. */
function packedFiles() {
  const name = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], {
    cwd: root,
    encoding: 'utf8',
  })
  const tar = join(out, name.trim())
  execFileSync('tar', ['-xzf', tar, '-C', out])
  rmSync(tar)
  const folder = join(out, 'package')
  // code that another V8 kept
  for (const file of readdirSync(folder, { recursive: true }))
    if (/\.v8-[\d.a-z-]+$/.test(file)) rmSync(join(folder, file))
  cpSync(join(root, 'node_modules/oui-data'), join(folder, 'node_modules/oui-data'), { recursive: true })
  cpSync(join(folder, 'bin/run.js'), join(folder, 'bin/kubectl-l2doctor'))
  return folder
}

function archive(arch) {
  const name = `l2doctor-${version}-linux-${arch}`
  const folder = join(out, name)
  const node = nodeFolder(NODE, arch)
  cpSync(packed, join(folder, 'lib'), { recursive: true, verbatimSymlinks: true })
  cpSync(join(node, 'bin/node'), join(folder, 'node/bin/node'))
  cpSync(join(node, 'LICENSE'), join(folder, 'node/LICENSE'))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  mkdirSync(join(folder, 'bin'))
  // no links: krew takes files and folders only
  for (const program of ['l2doctor', 'kubectl-l2doctor'])
    writeFileSync(join(folder, 'bin', program), LAUNCHER, { mode: 0o755 })
  const file = `${name}.tar.gz`
  execFileSync('tar', [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-czf',
    join(out, file),
    '-C',
    out,
    name,
  ])
  rmSync(folder, { recursive: true })
  return {
    file,
    name,
    sha256: createHash('sha256')
      .update(readFileSync(join(out, file)))
      .digest('hex'),
  }
}

/** https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest */
function krewManifest() {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'l2doctor' },
    spec: {
      version: `v${version}`,
      homepage: url,
      shortDescription: 'Find out why a VIP on bare metal is dead or flaky',
      description: `${description}. Licence: ${license}.\n`,
      platforms: archives.map(({ arch, file, name, sha256 }) => ({
        selector: { matchLabels: { os: 'linux', arch: PROCESSORS[arch] } },
        uri: `${url}/${file}`,
        sha256,
        bin: `${name}/bin/kubectl-l2doctor`,
      })),
    },
  }
}
