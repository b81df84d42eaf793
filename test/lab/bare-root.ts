import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { describe } from 'vitest'
import { nodeFolder } from '../../bin/nodes.mjs'
import { requireLab } from '../../src/lab/requirements.js'
import { execute } from '../collect.js'

/** A Debian of debootstrap's `minbase` and iproute2, made by bin/setup: perl-base is in it, a compiler, python, tcpdump and Node are not. */
const BARE = '/var/cache/l2doctor/debian-12'

export interface BareRoot {
  /** What stands before a command so that it runs there. */
  readonly enter: readonly string[]
  /** Where its files lie outside. */
  readonly folder: string
  remove(): void
}

/** A bare Debian of its own, whose changes go with it; `shown`: folders and files of this machine, by their paths there. */
export function bareRoot(shown: Readonly<Record<string, string>> = {}): BareRoot {
  const folder = mkdtempSync('/tmp/l2d-root-')
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name))
  const binds = Object.entries({ ...CERTIFICATES, ...shown }).flatMap(([there, here]) => [here, there])
  const variables = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
    'HOME=/root',
    'LC_ALL=C.UTF-8',
    ...FROM_OUTSIDE,
  ]
  return {
    enter: [
      'unshare',
      '-m',
      'sh',
      '-ec',
      ENTER,
      'sh',
      folder,
      String(binds.length / 2),
      ...binds,
      'env',
      '-i',
      ...variables,
    ],
    folder: join(folder, 'upper'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** How npm reaches its registry from here. */
const FROM_OUTSIDE = Object.entries(process.env).flatMap(([name, value]) =>
  /^(?:https?_proxy|no_proxy|node_extra_ca_certs|npm_config_registry)$/i.test(name) ? [`${name}=${value}`] : [],
)

/** What npm trusts beside what Node brings along. */
const ca = process.env['NODE_EXTRA_CA_CERTS'] ?? ''
const CERTIFICATES = isAbsolute(ca) && existsSync(ca) ? { [ca]: ca } : {}

const ENTER = `mount --make-rprivate /
root=$1/root; mount -t overlay none -o "lowerdir=${BARE},upperdir=$1/upper,workdir=$1/work" $root
show() {
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$(dirname "$root$2")"; : >>"$root$2"; fi
  mount --rbind "$1" "$root$2"
}
for one in /dev /proc /sys /etc/resolv.conf /etc/hosts /etc/ssl; do [ ! -e $one ] || show $one $one; done
count=$2; shift 2
while [ $count -gt 0 ]; do show "$1" "$2"; shift 2; count=$((count - 1)); done
exec chroot $root "$@"`

/** Those of the programs that are there. */
export async function programsIn({ enter }: BareRoot, ...names: readonly string[]): Promise<string[]> {
  const { stdout } = await execute([...enter, 'sh', '-c', 'for one; do command -v "$one"; done', 'sh', ...names])
  return names.filter((name) => stdout.split('\n').some((path) => path.endsWith(`/${name}`)))
}

/** npm of this machine, whatever it is installed as. */
export function npmFolder(): string {
  return dirname(dirname(execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' })))
}

/** `describeLab` for tests in the bare Debian. */
export function describeBare(name: string, tests: () => void): void {
  describeUnless(whyNoBareRoot(), name, tests)
}

/** The same for those whose npm fetches packages there. */
export function describeBareWithRegistry(name: string, tests: () => void): void {
  describeUnless(whyNoBareRoot() ?? whyNoRegistry(), name, tests)
}

function describeUnless(why: string | null, name: string, tests: () => void): void {
  if (why === null) return void describe(name, tests)
  console.warn(`SKIPPED ${name}: ${why}`)
  describe.skip(`${name} (SKIPPED: ${why})`, tests)
}

function whyNoBareRoot(): string | null {
  const lab = requireLab()
  if (!lab.ok) return lab.why
  if (!existsSync(BARE)) return `no bare Debian in ${BARE}: bin/setup makes it where debootstrap can`
  const failure = failureIn(bareRoot(), 'true')
  return failure && `the bare Debian cannot be entered: ${failure}`
}

function whyNoRegistry(): string | null {
  let node = ''
  try {
    node = nodeFolder(24)
  } catch (error) {
    return `npm fetches no Node: ${(error as Error).message}`
  }
  const root = bareRoot({ '/opt/node': node, '/opt/npm': npmFolder() })
  const view = ['view', 'oui-data', 'version', '--fetch-retries=0', '--fetch-timeout=10000']
  const failure = failureIn(root, '/opt/node/bin/node', '/opt/npm/bin/npm-cli.js', ...view)
  return failure && `npm reaches no registry from the bare Debian: ${failure}`
}

/** What a command says that does not end well there; null: it does. */
function failureIn({ enter, remove }: BareRoot, ...command: readonly string[]): string | null {
  const [file = '', ...argv] = [...enter, ...command]
  const { status, stderr } = spawnSync(file, argv, { encoding: 'utf8' })
  remove()
  return status === 0 ? null : stderr.trim() || `exit ${status}`
}
