#!/usr/bin/env node
// After `tsc -b`: bundles the compiled commands and all that they import into dist/bundle, and writes oclif.manifest.json.
// Both are for a quick start: to find and read 500 small files takes longer than to judge a capture.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/bundle')
const manifest = join(root, 'oclif.manifest.json')

/** Native, found by their path at run time, or oclif's own tools for development. */
const EXTERNAL = ['cap', 'oui-data', 'typescript', 'ts-node']
const PROGRAMS = [
  'cli/main',
  'cli/help',
  'cli/command-not-found',
  'workflows/see-thread',
  'capture/cap-child',
  'capture/cap-sender-child',
]

if (!isFresh()) await bundle()

/** The compiler touches its notes whenever it wrote something. */
function isFresh() {
  if (!existsSync(manifest) || !existsSync(out)) return false
  const { mtimeMs } = statSync(manifest)
  const sources = ['dist/.tsbuildinfo', 'package.json', 'package-lock.json', 'bin/bundle.js']
  return sources.every((file) => statSync(join(root, file)).mtimeMs <= mtimeMs)
}

async function bundle() {
  rmSync(out, { recursive: true, force: true })
  const commands = readdirSync(join(root, 'dist/commands')).filter((file) => file.endsWith('.js'))
  const input = Object.fromEntries([
    ...PROGRAMS.map((name) => [basename(name), join(root, `dist/src/${name}.js`)]),
    ...commands.map((file) => [`commands/${basename(file, '.js')}`, join(root, 'dist/commands', file)]),
  ])
  const bundler = await rolldown({ input, external: EXTERNAL, platform: 'node' })
  const { output } = await bundler.write({ dir: out, format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' })
  writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices(output))
  const plugin = new Plugin({ root, type: 'core', name: 'l2doctor', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync(manifest, `${JSON.stringify(plugin.manifest, null, 2)}\n`)
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
