#!/usr/bin/env node
// After `tsc -b`: bundles the compiled commands and all that they import into dist/bundle, writes oclif.manifest.json, and has
// the bundle compiled. All three are for a quick start: to find, read and compile 500 small files takes longer than to judge a
// capture.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { rolldown } from 'rolldown'
import { compiledFile } from './load.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/bundle')
const manifest = join(root, 'oclif.manifest.json')
/** What is written last. */
const last = join(out, 'THIRD-PARTY-NOTICES.txt')

/** What else the bundle is made with. */
const BUILDERS = ['bin/bundle.mjs', 'bin/load.js', 'bin/precompile.mjs']
/** Native, found by their path at run time, or oclif's own tools for development. */
const EXTERNAL = ['cap', 'oui-data', 'typescript', 'ts-node']
const PROGRAMS = ['cli/main', 'cli/help', 'cli/command-not-found', 'workflows/noter-thread']
/** Programs of their own, which are run as they are. */
const CHILDREN = ['capture/cap-child', 'capture/cap-sender-child']
/** Runs that compile most of what the commands need. */
const RUNS = [
  ['scan', '--read', 'fixtures/demo/two-owners.pcap'],
  ['scan', '--read', 'fixtures/demo/two-owners.pcap', '--json'],
  ['diagnose', '--from', 'fixtures/bundles/ipvs-without-strictarp.bundle'],
  ['audit-node', '--local'],
  ['audit-cluster', '--cluster-from', 'fixtures/clusters/metallb-three-nodes/cluster.yaml'],
  ['--help'],
  [],
]

if (!isFresh()) await bundle()

/** The compiler touches its notes whenever it wrote something. */
function isFresh() {
  if (!existsSync(manifest) || !existsSync(last) || !existsSync(compiledFile(join(out, 'main.cjs')))) return false
  const { mtimeMs } = statSync(last)
  const sources = ['dist/.tsbuildinfo', 'package.json', 'package-lock.json', ...BUILDERS]
  return sources.every((file) => statSync(join(root, file)).mtimeMs <= mtimeMs)
}

async function bundle() {
  rmSync(out, { recursive: true, force: true })
  const commands = readdirSync(join(root, 'dist/commands')).filter((file) => file.endsWith('.js'))
  const programs = [
    ...PROGRAMS.map((name) => [basename(name), join(root, `dist/src/${name}.js`)]),
    ...commands.map((file) => [`commands/${basename(file, '.js')}`, join(root, 'dist/commands', file)]),
  ]
  const children = CHILDREN.map((name) => [basename(name), join(root, `dist/src/${name}.js`)])
  const output = [...(await write(programs, 'cjs', 'cjs')), ...(await write(children, 'esm', 'js'))]
  const plugin = new Plugin({ root, type: 'core', name: 'l2doctor', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync(manifest, `${JSON.stringify(plugin.manifest, null, 2)}\n`)
  for (const run of RUNS) precompile(run)
  writeFileSync(last, notices(output))
}

async function write(entries, format, extension) {
  const bundler = await rolldown({
    input: Object.fromEntries(entries),
    external: EXTERNAL,
    platform: 'node',
    plugins: format === 'cjs' ? [{ name: 'quick-start', transform: sortPlainly, renderChunk: callImportModule }] : [],
  })
  const names = { entryFileNames: `[name].${extension}`, chunkFileNames: `chunks/[name]-[hash].${extension}` }
  return (await bundler.write({ dir: out, format, ...names })).output
}

/** oclif sorts the names of commands as the user's language has it, of which to load the rules takes 10 ms. They are ASCII. */
function sortPlainly(code, id) {
  if (!id.endsWith('@oclif/core/lib/config/plugin.js')) return undefined
  const [before, after, ...more] = code.split('a.id.localeCompare(b.id)')
  if (after === undefined || more.length > 0) throw new Error(`${id} does not sort as before: look at sortPlainly anew`)
  return `${before}a.id < b.id ? -1 : 1${after}`
}

/** See bin/load.js. */
function callImportModule(code) {
  return code.replace(/(?<![.$\w])import\((?!\))/g, 'importModule(')
}

/** What these runs print is of no interest, nor what they find or cannot look at. */
function precompile(argv) {
  const stdio = ['ignore', 'ignore', 'pipe']
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/precompile.mjs'), ...argv], {
    cwd: root,
    stdio,
  })
  if (![0, 1, 3].includes(status)) throw new Error(`l2doctor ${argv.join(' ')} does not run: ${stderr}`)
}

/** The licences of the packages whose code is in the bundle. */
function notices(output) {
  const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}))
  const folders = modules.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  return [...new Set(folders)].sort().map(notice).join('\n\n')
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'no licence text in the package'}`
}
