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
import { packChunks } from './packs.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/bundle')
const manifest = join(root, 'oclif.manifest.json')
/** What is written last. */
const last = join(out, 'THIRD-PARTY-NOTICES.txt')

/** What else the bundle is made with. */
const BUILDERS = ['bundle.mjs', 'load.js', 'loaded.mjs', 'packs.mjs', 'precompile.mjs'].map((file) => `bin/${file}`)
/** Native, found by their path at run time, or oclif's own tools for development. */
const EXTERNAL = ['cap', 'oui-data', 'typescript', 'ts-node']
const PROGRAMS = ['cli/main', 'cli/help', 'cli/command-not-found', 'cli/signal-thread', 'workflows/noter-thread']
/** Commands of oclif's plugins: in the bundle, nothing of oclif has to be installed. */
const PLUGINS = [
  ['@oclif/plugin-help', 'help'],
  ['@oclif/plugin-autocomplete', 'autocomplete/index'],
  ['@oclif/plugin-autocomplete', 'autocomplete/create'],
  ['@oclif/plugin-autocomplete', 'autocomplete/script'],
]
/** Programs of their own, which are run as they are. */
const CHILDREN = ['capture/cap-child', 'capture/cap-sender-child']
/** Runs that load and compile most of what the commands need. */
const RUNS = [
  ['scan', '--read', 'fixtures/demo/two-owners.pcap'],
  ['scan', '--read', 'fixtures/demo/two-owners.pcap', '--json'],
  ['diagnose', '--from', 'fixtures/bundles/ipvs-without-strictarp.bundle'],
  ['audit-node', '--local'],
  ['audit-node', '--from', 'fixtures/nodes/ubuntu-24.04'],
  ['predict', '10.0.0.240', '--nodes-from', 'fixtures/nodes/ubuntu-24.04'],
  ['who', '--cluster-from', 'fixtures/clusters/metallb-three-nodes/cluster.yaml'],
  ['audit-cluster', '--cluster-from', 'fixtures/clusters/metallb-three-nodes/cluster.yaml'],
  ['--help'],
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
    ...PLUGINS.map(([plugin, name]) => [
      `commands/${name}`,
      join(root, `node_modules/${plugin}/lib/commands/${name}.js`),
    ]),
  ]
  const children = CHILDREN.map((name) => [basename(name), join(root, `dist/src/${name}.js`)])
  const output = [...(await write(programs, 'cjs', 'cjs')), ...(await write(children, 'esm', 'js'))]
  const plugin = new Plugin({ root, type: 'core', name: 'l2doctor', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync(manifest, `${JSON.stringify(plugin.manifest, null, 2)}\n`)
  packChunks(out, RUNS.map(loaded))
  for (const argv of [...RUNS, []]) run('precompile.mjs', argv)
  writeFileSync(last, notices(output))
}

async function write(entries, format, extension) {
  const bundler = await rolldown({
    input: Object.fromEntries(entries),
    external: EXTERNAL,
    platform: 'node',
    plugins: format === 'cjs' ? [{ name: 'for-load', renderChunk: callImportModule, generateBundle }] : [],
  })
  const names = { entryFileNames: `[name].${extension}`, chunkFileNames: `chunks/[name]-[hash].${extension}` }
  const comments = { jsdoc: false }
  return (await bundler.write({ dir: out, format, comments, ...names })).output
}

/** See bin/load.js. */
function callImportModule(code) {
  return code.replace(/(?<![.$\w])import\((?!\))/g, 'importModule(')
}

/**
 * V8 keeps the text of what it has loaded, with two bytes for each character where one of them needs two. Done once all is printed: a
 * printer takes escapes back.
 */
function generateBundle(_, files) {
  for (const file of Object.values(files)) file.code = inOneByte(file.code)
}

function inOneByte(code) {
  return code.replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The files that a run loads. */
function loaded(argv) {
  return JSON.parse(run('loaded.mjs', argv)[3])
}

/** What these runs print is of no interest, nor what they find or cannot look at. */
function run(program, argv) {
  const { output, status, stderr } = spawnSync(process.execPath, [join(root, 'bin', program), ...argv], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  if (![0, 1, 3].includes(status)) throw new Error(`l2doctor ${argv.join(' ')} does not run: ${stderr}`)
  return output
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
