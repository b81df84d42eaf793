#!/usr/bin/env node
// Runs the command line with the given arguments, and then keeps what V8 compiled of the bundle meanwhile, for bin/load.js.
// Without arguments it only loads every file.
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, compiledFile, load, scripts } from './load.js'

process.once('exit', keep)
if (process.argv.length > 2) await load('main.cjs').run(fileURLToPath(new URL('..', import.meta.url)))
else for (const folder of ['', 'commands', 'chunks']) loadAll(folder)

function loadAll(folder) {
  const files = readdirSync(join(bundle, folder)).filter(
    (file) => file.endsWith('.cjs') && !file.endsWith('-thread.cjs'),
  )
  for (const file of files) load(join(folder, file))
}

/** The run that compiled most of a file is the one whose code is kept. */
function keep() {
  for (const [path, script] of scripts) {
    const code = script.createCachedData()
    const kept = statSync(compiledFile(path), { throwIfNoEntry: false })?.size ?? 0
    if (code.length > kept) writeFileSync(compiledFile(path), code)
  }
}
