import { execFileSync } from 'node:child_process'
import { closeSync, cpSync, mkdirSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { buildSegment } from '../../src/lab/segment.js'
import { execute } from '../collect.js'
import { KREW_SCHEMA } from '../deploy/krew-schema.js'
import { type BareRoot, bareRoot, describeBare, programsIn } from './bare-root.js'
import { parseReport } from './scan-scenario.js'

const OUT = 'dist/archive'
const VIP = '10.77.0.240'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const folderOf = (arch: string) => `l2doctor-${version}-linux-${arch}`
/** e_machine of elf(5), by Node's names of the processors. */
const MACHINES = { x64: 62, arm64: 183 }

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'archive'], { stdio: ['ignore', 'ignore', 'inherit'] })
}, 300_000)

describe('npm run archive', () => {
  it('writes what each file hashes to', () => {
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: OUT })
    expect(readdirSync(OUT).sort()).toEqual(
      ['SHA256SUMS', 'l2doctor.yaml', ...Object.keys(MACHINES).map((arch) => `${folderOf(arch)}.tar.gz`)].sort(),
    )
  })

  it.each(['x64', 'arm64'] as const)(
    'linux %s: plain files and folders, the licences, and nothing native but Node',
    (arch) => {
      const [root] = [bareFolder(arch)]
      const files = readdirSync(root.folder, { recursive: true, withFileTypes: true })
      expect(files.filter((file) => !file.isFile() && !file.isDirectory())).toEqual([])
      const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
      const native = paths.flatMap((path) => machineOf(path) ?? [])
      expect(native).toEqual([MACHINES[arch]])
      const names = paths.map((path) => path.slice(join(root.folder, folderOf(arch)).length + 1))
      expect(names).toEqual(
        expect.arrayContaining([
          'LICENSE',
          'node/LICENSE',
          'lib/dist/bundle/THIRD-PARTY-NOTICES.txt',
          'bin/l2doctor',
          'bin/kubectl-l2doctor',
        ]),
      )
      root.remove()
    },
  )

  it('writes a manifest for krew that is as its documentation says', () => {
    const manifest = parseYaml(readFileSync(join(OUT, 'l2doctor.yaml'), 'utf8'))
    const validate = new Ajv().compile(KREW_SCHEMA)
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true)
    const sums = readFileSync(join(OUT, 'SHA256SUMS'), 'utf8')
    for (const { uri, sha256, bin } of manifest.spec.platforms) {
      const [file = ''] = uri.split('/').slice(-1)
      expect(sums).toContain(`${sha256}  ${file}\n`)
      const listed = execFileSync('tar', ['-tzf', join(OUT, file)], { encoding: 'utf8' })
      expect(listed.split('\n')).toContain(bin)
    }
  })
})

/** Unpacked in a folder of its own. */
function bareFolder(arch: string): BareRoot {
  const root = bareRoot()
  execFileSync('tar', ['-xzf', join(OUT, `${folderOf(arch)}.tar.gz`), '-C', root.folder])
  return root
}

/** Null for what is no ELF file. */
function machineOf(path: string): number | null {
  const head = Buffer.alloc(20)
  const file = openSync(path, 'r')
  readSync(file, head)
  closeSync(file)
  return head.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')) ? head.readUInt16LE(18) : null
}

describeBare('the archive, where neither Node nor a compiler, tcpdump or libpcap is', () => {
  let root: BareRoot
  const home = `/${folderOf('x64')}`
  beforeAll(() => {
    root = bareFolder('x64')
    mkdirSync(join(root.folder, 'usr/local/bin'), { recursive: true })
    cpSync('fixtures/demo/two-owners.pcap', join(root.folder, 'case.pcap'))
    // as krew does
    execFileSync('ln', ['-s', `${home}/bin/kubectl-l2doctor`, join(root.folder, 'usr/local/bin/kubectl-l2doctor')])
  })
  afterAll(() => root?.remove())

  it('scans live', async () => {
    expect(await programsIn(root, 'node', 'cc', 'tcpdump', 'python3')).toEqual([])
    const segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    try {
      const argv = [...root.enter, `${home}/bin/l2doctor`, 'scan', '--vip', VIP, '--no-kube', '--json']
      const { code, stdout, stderr } = await segment.exec('client', argv, { timeoutMs: 60_000 })
      expect(code, stderr).toBe(0)
      const report = parseReport(stdout)
      expect([report.verdict, report.gaps, report.run.source?.engine]).toEqual(['healthy', [], 'socket'])
    } finally {
      segment.remove()
    }
  })

  it('`kubectl l2doctor` speaks of itself so, in its help and in its hints', async () => {
    const help = await execute([...root.enter, 'kubectl-l2doctor', 'scan', '--help'])
    expect([help.code, help.stderr]).toEqual([0, ''])
    expect(help.stdout).toContain('$ kubectl l2doctor scan')
    const scan = (name: string) =>
      execute([...root.enter, name, 'scan', '--read', '/case.pcap', '--vip', '10.77.0.99', '--no-kube'])
    const [plugin, plain] = [await scan('kubectl-l2doctor'), await scan(`${home}/bin/l2doctor`)]
    const OWN = /(?<!kubectl )l2doctor (?:scan|diagnose|explain) /
    expect(plain.stdout).toMatch(OWN)
    expect(plugin.stdout).toContain('kubectl l2doctor scan --vip')
    for (const { stdout, stderr } of [help, plugin]) expect(stdout + stderr).not.toMatch(OWN)
  })
})
