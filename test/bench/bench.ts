import type { Measured } from './measured.js'

/** `npm run bench [-- PART …]`: figures of this machine, each beside a peer measured in the same run where there is one. */
const PARTS: Record<string, () => Promise<{ measure(): AsyncGenerator<Measured> }>> = {
  offline: () => import('./offline.js'),
  live: () => import('./live.js'),
  audit: () => import('./audit.js'),
  cluster: () => import('./cluster.js'),
  answering: () => import('./answering.js'),
  hostile: () => import('./hostile.js'),
  watch: () => import('./watch.js'),
}

// Where it is set, every start of Node reads a file of certificates first, 65 ms for the usual bundle: a matter of the machine.
delete process.env['NODE_EXTRA_CA_CERTS']

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name))
if (unknown.length > 0) {
  process.stderr.write(`Error: no benchmark named ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}\n`)
  process.exit(2)
}
for (const [name, load] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n${name}\n`)
  const { measure } = await load()
  for await (const { what, ours, peer } of measure()) {
    process.stdout.write(`  ${what.padEnd(44)} ${ours}${peer ? `\n${' '.repeat(47)}${peer}` : ''}\n`)
  }
}
