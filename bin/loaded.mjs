// Runs the command line with the given arguments, and then writes to file descriptor 3 which files of the bundle it loaded, as JSON.
import { writeSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, load, scripts } from './load.js'

process.once('exit', () => writeSync(3, JSON.stringify([...scripts.keys()].map((path) => relative(bundle, path)))))
await load('main.cjs').run(fileURLToPath(new URL('..', import.meta.url)))
